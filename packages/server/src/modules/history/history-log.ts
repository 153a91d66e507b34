import type { StoredPart } from "./sealed-part-store.ts";

/** The streams of lines that a run has. */
export const LINE_STREAMS = ["history", "events", "console"] as const;

/** One of the streams. */
export type LineStream = (typeof LINE_STREAMS)[number];

/**
 * Lines by number, for each run and stream. A write puts `lines[i]` at number `offset + i` and replaces what stood
 * there; a write past the end leaves absent lines between. Nothing is ever changed in place: later writes win.
 */
export interface HistoryLog {
  /** Makes all writes durable in one commit, in order. */
  append(writes: readonly LineWrite[]): Promise<void>;
  /** Number of lines of each stream: one more than the highest line ever written and not cut off. */
  counts(request: RunKey): Promise<Readonly<Record<LineStream, number>>>;
  /** The lines from `from` (inclusive) to `to` (exclusive), in order, absent ones left out. */
  readLines(request: LineRange): Promise<readonly Line[]>;
  /**
   * History lines that may have a step in the window, as the batches that hold them tell; in order of number,
   * absent ones left out. The caller judges each line.
   */
  readSteps(request: StepWindow): Promise<readonly Line[]>;
  /**
   * How the lines from `from` to `to` lie at present: which of them in sealed parts, which elsewhere. A part that is
   * named may go at any time; whoever reads it is told by a `LinesMovedError` and asks again.
   */
  layout(request: LineRange): Promise<LineLayout>;
  /** Statistics of all lines of a sealed part, as JSON text. Throws `LinesMovedError` when the part is gone. */
  partStatistics(part: StoredPart): Promise<string>;
  /** Cuts a stream off so that it has `lineCount` lines; what is cut off is no longer read, and goes in time. */
  truncate(request: RunKey & { readonly stream: LineStream; readonly lineCount: number }): Promise<void>;
  /**
   * The stream's version, a number that grows with every append, truncate and delete of the run's stream, and the
   * lowest line number that may have changed since the version asked about (`since: 0` asks about everything).
   * `knownLines` is the number of lines at that version: who tells it learns more often that lines were only added.
   */
  changes(
    request: RunKey & { readonly stream: LineStream; readonly since: number; readonly knownLines?: number },
  ): Promise<LineChanges>;
  /** The versions of several runs' history streams, in the order asked for; 0 for those that were never written. */
  versions(request: { readonly runs: readonly RunKey[] }): Promise<readonly number[]>;
  /** Removes a run's lines for good. */
  deleteRun(request: RunKey): Promise<void>;
}

/** Which run. */
export interface RunKey {
  readonly projectId: number;
  readonly runId: number;
}

/** Lines to put. */
export interface LineWrite extends RunKey {
  readonly stream: LineStream;
  readonly offset: number;
  readonly lines: readonly string[];
  /**
   * The process that counts its own offsets, where several write to one run (shared mode); empty for the run's only
   * writer. Each writer's new lines are put after all lines that are there; its repeated ones replace themselves.
   */
  readonly writer: string;
  /** Least and greatest `_step` among the lines; null when some line has none. */
  readonly steps: { readonly min: number; readonly max: number } | null;
}

/** A line of a stream. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** What became of a stream since a version. */
export interface LineChanges {
  /** Equal numbers mean equal lines; a stream that was never written has version 0. */
  readonly version: number;
  /** Number of lines of the stream at that version, as `counts` tells it. */
  readonly lineCount: number;
  /** Lines with a lower number are as they were; null when nothing changed. A number too low is allowed. */
  readonly from: number | null;
}

/** A stretch of lines: those of a sealed part, or others, of which some may be absent. `to` is exclusive. */
export interface LineStretch {
  readonly from: number;
  readonly to: number;
  readonly part: StoredPart | undefined;
}

/** How lines lie. */
export interface LineLayout {
  /** The version and the number of lines of the stream; lines may be newer than that, never older. */
  readonly version: number;
  readonly lineCount: number;
  /** In the order of lines, without gaps, up to the last line there is. */
  readonly stretches: readonly LineStretch[];
  /** Parts of the stream of which nothing is read any more. */
  readonly hidden: readonly StoredPart[];
}

/** Which lines. */
export interface LineRange extends RunKey {
  readonly stream: LineStream;
  readonly from: number;
  readonly to: number;
}

/** Which steps; `minStep` is inclusive, `maxStep` exclusive. */
export interface StepWindow extends RunKey {
  readonly minStep: number;
  readonly maxStep: number;
}
