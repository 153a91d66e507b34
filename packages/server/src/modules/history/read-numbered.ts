/** Reads lines by their numbers in as few reads as pay off. */
import type { HistoryLog, LineStream, RunKey } from "./history-log.ts";

/** Which lines. */
export interface NumberedLines extends RunKey {
  readonly stream: LineStream;
  readonly numbers: readonly number[];
}

/**
 * Reading this many lines too many costs less than one more read, which unpacks a whole batch for the sake of one line:
 * a sample of a run would unpack each of its batches many times over.
 */
const WORTHWHILE_GAP = 256;

/** Lines held at once by one read. */
const MAX_RANGE = 2_000;

/** The texts of the lines by number; absent ones are left out. */
export async function readNumbered(
  log: HistoryLog,
  { projectId, runId, stream, numbers }: NumberedLines,
): Promise<ReadonlyMap<number, string>> {
  const wanted = new Set(numbers);
  const texts = new Map<number, string>();
  for (const range of planRanges(numbers)) {
    for (const { number, text } of await log.readLines({ projectId, runId, stream, ...range })) {
      if (wanted.has(number)) texts.set(number, text);
    }
  }
  return texts;
}

/** A range of line numbers; `to` is exclusive. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** The ranges to read so that every number is in one of them. */
export function planRanges(numbers: readonly number[]): readonly NumberRange[] {
  const ranges: { readonly from: number; to: number }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    const isNear = last !== undefined && number <= last.to + WORTHWHILE_GAP && number < last.from + MAX_RANGE;
    if (isNear) last.to = number + 1;
    else ranges.push({ from: number, to: number + 1 });
  }
  return ranges;
}
