/** What a check of a data folder found: what is wrong, and what is only worth knowing. */

/** What a finding is about. */
export const FINDING_KINDS = ["folder", "database", "history", "sealed", "blob", "orphan"] as const;

/** One of them. */
export type FindingKind = (typeof FINDING_KINDS)[number];

/** One thing found. */
export interface Finding {
  readonly kind: FindingKind;
  /** The file, run or blob. */
  readonly place: string;
  /** What is wrong with it, for people. */
  readonly sentence: string;
}

/** How far a check is. */
export interface CheckProgress {
  readonly stage: string;
  readonly done: number;
  /** Null where nobody knows. */
  readonly total: number | null;
}

/** What was looked at. */
export interface CheckCounts {
  databases: number;
  streams: number;
  batches: number;
  lines: number;
  parts: number;
  blobs: number;
  blobBytes: number;
}

/** More are counted and not kept, so that a folder of a million damaged files does not fill the memory. */
const MAX_KEPT = 1_000;

/** Collects findings. */
export class Findings {
  readonly problems: Finding[] = [];
  readonly notes: Finding[] = [];
  readonly counts: CheckCounts = {
    databases: 0,
    streams: 0,
    batches: 0,
    lines: 0,
    parts: 0,
    blobs: 0,
    blobBytes: 0,
  };
  #problemCount = 0;
  #noteCount = 0;
  readonly #onProgress: (progress: CheckProgress) => void;

  constructor(onProgress: (progress: CheckProgress) => void = () => undefined) {
    this.#onProgress = onProgress;
  }

  /** How many problems there are, kept or not. */
  get problemCount(): number {
    return this.#problemCount;
  }

  /** How many notes there are, kept or not. */
  get noteCount(): number {
    return this.#noteCount;
  }

  /** Something that is wrong. */
  problem(kind: FindingKind, place: string, sentence: string): void {
    this.#problemCount += 1;
    if (this.problems.length < MAX_KEPT) this.problems.push({ kind, place, sentence });
  }

  /** Something that does no harm. */
  note(kind: FindingKind, place: string, sentence: string): void {
    this.#noteCount += 1;
    if (this.notes.length < MAX_KEPT) this.notes.push({ kind, place, sentence });
  }

  /** Tells how far the check is. */
  progress(stage: string, done: number, total: number | null): void {
    this.#onProgress({ stage, done, total });
  }
}
