/**
 * What became of a run's rows since a reader looked last, told as the lowest step that may have changed. Lines are
 * known by number and rows by step, so the steps of the lines at the seam are looked at.
 */
import type { HistoryIndexes } from "./history-index.ts";
import { parseLine, stepOf } from "./history-line.ts";
import { HistoryLines } from "./history-lines.ts";
import type { LineSources } from "./history-lines.ts";
import type { RunKey } from "./history-log.ts";
import type { RowChanges, RowPosition } from "./history-reader.ts";

/** Where it is looked. */
export interface ChangeSources extends LineSources {
  readonly indexes: HistoryIndexes;
}

/** Lines looked at for one that is a row. */
const SEARCH = 64;
/** Lines read at once. */
const BLOCK = 1_000;

/** The changes since a position, and the position as of now. */
export async function findChanges(
  sources: ChangeSources,
  run: RunKey,
  since: RowPosition | null,
): Promise<RowChanges> {
  const { projectId, runId } = run;
  const position = await sources.indexes.progress({ projectId, runId });
  if (since === null) return { position, fromStep: position.lineCount === 0 ? null : -Infinity };
  if (since.version === position.version) return { position, fromStep: null };
  // Lines that come after the position was taken can only make the answer too low.
  const changes = await sources.log.changes({ projectId, runId, stream: "history", since: since.version });
  const from = Math.min(changes.from ?? position.lineCount, position.lineCount);
  const lines = new HistoryLines(sources, run);
  const added = await lowestStep(lines, from, position);
  if (from >= since.lineCount) return { position, fromStep: added ?? null };
  // What stood from there on is gone. Its steps are known only where steps never went down.
  const kept = since.isAscending ? await lastStepBefore(lines, from) : undefined;
  return { position, fromStep: Math.min(kept ?? -Infinity, added ?? Infinity) };
}

/** The lowest step of the lines from one on; undefined when none is a row. */
async function lowestStep(
  lines: HistoryLines,
  from: number,
  { lineCount, isAscending }: RowPosition,
): Promise<number | undefined> {
  let lowest: number | undefined;
  for (let start = from; start < lineCount; start += BLOCK) {
    const end = Math.min(start + (isAscending ? SEARCH : BLOCK), lineCount);
    for (const step of await stepsOf(lines, start, end)) {
      // Where steps never go down, the first one is the lowest.
      if (isAscending) return step;
      lowest = Math.min(lowest ?? step, step);
    }
    // Many lines in a row that are no rows: rare enough to be taken for a change of everything.
    if (isAscending && end < lineCount) return -Infinity;
  }
  return lowest;
}

/** The step of the last row before a line. */
async function lastStepBefore(lines: HistoryLines, to: number): Promise<number | undefined> {
  return (await stepsOf(lines, Math.max(0, to - SEARCH), to)).at(-1);
}

async function stepsOf(lines: HistoryLines, from: number, to: number): Promise<readonly number[]> {
  const numbers = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  const texts = await lines.texts(numbers);
  return numbers.flatMap((number) => {
    const text = texts.get(number);
    const row = text === undefined ? undefined : parseLine(text);
    return row === undefined ? [] : [stepOf(row) ?? number];
  });
}
