/** Decides which lines of a stream to seal next, from how they lie. */
import type { LineLayout, LineStretch } from "./history-log.ts";
import type { StoredPart } from "./sealed-part-store.ts";

/** When lines are sealed, and how many together. */
export interface SealRules {
  /** A stream that still grows is sealed when it has so many lines that are not. */
  readonly growingLines: number;
  /** One that is finished when it has so many; fewer stay in the log, where they cost little. */
  readonly finishedLines: number;
  /** A part has so many lines at most; a last part that has room takes up the lines that follow it. */
  readonly partLines: number;
  /** A part is sealed anew when so many of its lines were overwritten, and at least a tenth. */
  readonly overlaidLines: number;
}

/** What holds unless a test says otherwise. */
export const SEAL_RULES: SealRules = {
  growingLines: 20_000,
  finishedLines: 1_000,
  partLines: 60_000,
  overlaidLines: 2_000,
};

/** The usual rules in proportion, for a stream that grows by `growingLines`. */
export function scaleRules(growingLines: number): SealRules {
  const scale = (lines: number): number =>
    Math.max(1, Math.round((lines * growingLines) / SEAL_RULES.growingLines));
  return {
    growingLines: scale(SEAL_RULES.growingLines),
    finishedLines: scale(SEAL_RULES.finishedLines),
    partLines: scale(SEAL_RULES.partLines),
    overlaidLines: scale(SEAL_RULES.overlaidLines),
  };
}

/** A last part larger than this is left as it is: to take up its lines again would cost more than a part more. */
const MAX_MERGED_BYTES = 8 * 1024 * 1024;

/** Lines to seal. */
export interface SealPlan {
  readonly from: number;
  readonly to: number;
  /** Where the lines begin that were never sealed. A part that ends before it does not take the place of others. */
  readonly sealedEnd: number;
  /** Parts that are of no use any more when this one is in place. */
  readonly replaces: readonly StoredPart[];
}

/** What to seal of a stream whose whole layout is given; undefined when there is nothing to do. */
export function planSeal(
  layout: LineLayout,
  options: { readonly rules: SealRules; readonly isFinished: boolean; readonly mayMerge: boolean },
): SealPlan | undefined {
  const { rules, isFinished, mayMerge } = options;
  const sealed = layout.stretches.filter(isSealed);
  const sealedEnd = sealed.at(-1)?.to ?? 0;
  const withReplaced = ({ from, to }: { readonly from: number; readonly to: number }): SealPlan => ({
    from,
    to,
    sealedEnd,
    replaces: [...layout.hidden, ...partsWithin(sealed, from, to)],
  });

  const tail = layout.lineCount - sealedEnd;
  if (tail >= (isFinished ? rules.finishedLines : rules.growingLines)) {
    const last = sealed.at(-1)?.part;
    const hasRoom =
      last !== undefined &&
      sealedEnd - last.firstLine + Math.min(tail, rules.growingLines) <= rules.partLines;
    const isSmall = last !== undefined && last.tableBytes + last.besideBytes <= MAX_MERGED_BYTES;
    const from = mayMerge && hasRoom && isSmall ? last.firstLine : sealedEnd;
    return withReplaced({ from, to: Math.min(from + rules.partLines, layout.lineCount) });
  }
  for (const part of new Set(sealed.map((stretch) => stretch.part))) {
    const end = Math.min(part.firstLine + part.lineCount, sealedEnd);
    const seen = sealed.reduce((sum, stretch) => sum + overlap(stretch, part.firstLine, end), 0);
    const overlaid = end - part.firstLine - seen;
    if (overlaid >= rules.overlaidLines && overlaid * 10 >= part.lineCount) {
      return withReplaced({ from: part.firstLine, to: end });
    }
  }
  return undefined;
}

type SealedStretch = LineStretch & { readonly part: StoredPart };

function isSealed(stretch: LineStretch): stretch is SealedStretch {
  return stretch.part !== undefined;
}

function overlap(stretch: LineStretch, from: number, to: number): number {
  return Math.max(0, Math.min(stretch.to, to) - Math.max(stretch.from, from));
}

/** The parts of which nothing is seen outside of some lines. */
function partsWithin(sealed: readonly SealedStretch[], from: number, to: number): readonly StoredPart[] {
  const within = new Set(sealed.map(({ part }) => part));
  for (const stretch of sealed) {
    if (stretch.from < from || stretch.to > to) within.delete(stretch.part);
  }
  return [...within];
}
