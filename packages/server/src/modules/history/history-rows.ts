/**
 * The rows of a step window with the way to their lines: from the run's table of steps where that is there or the window
 * is wide, otherwise from the lines that touch the window, without looking at the rest of the run.
 */
import type { HistoryIndexes } from "./history-index.ts";
import { parseLine, stepOf } from "./history-line.ts";
import { HistoryLines } from "./history-lines.ts";
import type { LineSources } from "./history-lines.ts";
import type { HistoryLog, RunKey } from "./history-log.ts";
import type { StepRows } from "./step-rows.ts";
import { StepTable } from "./step-table.ts";

/** Where rows come from. */
export interface RowSources extends LineSources {
  readonly indexes: HistoryIndexes;
}

/** Which steps; `minStep` is inclusive, `maxStep` exclusive, null is no bound. */
export interface RowWindow extends RunKey {
  readonly minStep: number | null;
  readonly maxStep: number | null;
}

/** Rows by position, of which `from` (inclusive) to `to` (exclusive) are in the window. */
export interface HistoryRows {
  readonly rows: StepRows;
  readonly from: number;
  readonly to: number;
  /** The texts of lines by number; what was cut off meanwhile is left out. */
  readonly texts: (numbers: readonly number[]) => Promise<ReadonlyMap<number, string>>;
  /** How the lines lie; undefined where their texts are at hand already. */
  readonly lines: HistoryLines | undefined;
}

/** Windows of more steps are read by the table, which costs more once and less from then on. */
const WIDEST_DIRECT_WINDOW = 20_000;

/** Opens a window of a run's history. */
export async function openRows(sources: RowSources, window: RowWindow): Promise<HistoryRows> {
  const { log, indexes } = sources;
  const { projectId, runId, minStep, maxStep } = window;
  const isNarrow = minStep !== null && maxStep !== null && maxStep - minStep <= WIDEST_DIRECT_WINDOW;
  if (isNarrow && !indexes.hasTable(window)) return readWindow(log, { projectId, runId, minStep, maxStep });
  const rows = (await indexes.table(window)).rows();
  const lines = new HistoryLines(sources, window);
  // A search reads the same lines twice, first to find rows and then to show them.
  let latest: ReadonlyMap<number, string> = new Map();
  return {
    rows,
    from: minStep === null ? 0 : rows.positionOf(minStep),
    to: maxStep === null ? rows.count : rows.positionOf(maxStep),
    texts: async (numbers) => {
      if (!numbers.every((number) => latest.has(number))) latest = await lines.texts(numbers);
      return latest;
    },
    lines,
  };
}

async function readWindow(
  log: HistoryLog,
  window: RunKey & { readonly minStep: number; readonly maxStep: number },
): Promise<HistoryRows> {
  const table = new StepTable();
  const texts = new Map<number, string>();
  for (const { number, text } of await log.readSteps(window)) {
    const row = parseLine(text);
    if (row === undefined) continue;
    const step = stepOf(row) ?? number;
    if (step < window.minStep || step >= window.maxStep) continue;
    table.add(number, step);
    texts.set(number, text);
  }
  const rows = table.rows();
  return { rows, from: 0, to: rows.count, texts: () => Promise.resolve(texts), lines: undefined };
}
