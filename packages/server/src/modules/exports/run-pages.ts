/** Reads one run's rows in pages of bounded size, whatever its steps look like. */
import type { RunKey } from "../history/history-log.ts";
import type { HistoryReader } from "../history/history-reader.ts";
import type { HistoryExportRequest } from "./export-request.ts";
import { STEP_KEY } from "../history/history-line.ts";

/** Some rows of a run. */
export interface RowPart {
  /** JSON texts. */
  readonly rows: readonly string[];
  /** How many rows there are to sample from; null when this is not a sample. */
  readonly totalRows: number | null;
}

const FIRST_WIDTH = 1_000;
/** Sparse steps are read in windows of up to so many. */
const MAX_WIDTH = 1_000_000;
/** Pages are made wider below and narrower above this much text. */
const PAGE_CHARS = 1024 * 1024;

/** The rows of a run up to, not including, the step `end`. */
export async function* readRunRows(
  history: HistoryReader,
  run: RunKey & { readonly end: number },
  request: HistoryExportRequest,
): AsyncGenerator<RowPart, void, undefined> {
  const end = Math.min(run.end, request.maxStep ?? Infinity);
  const { projectId, runId } = run;
  const read = (minStep: number | null, maxStep: number): Promise<RowPart> =>
    readWindow(history, { projectId, runId, minStep, maxStep }, request);
  if (request.samples !== null) {
    yield await read(request.minStep, end);
    return;
  }
  // Steps below zero are rare and few, so the first window takes them all.
  let minStep = request.minStep;
  let width = FIRST_WIDTH;
  for (let from = minStep ?? 0; from < end || minStep === null;) {
    const to = Math.min(from + width, end);
    const part = await read(minStep, to);
    yield part;
    width = nextWidth(width, part.rows);
    minStep = to;
    from = to;
  }
}

interface Window extends RunKey {
  readonly minStep: number | null;
  readonly maxStep: number;
}

async function readWindow(
  history: HistoryReader,
  window: Window,
  { keys, mode, samples }: HistoryExportRequest,
): Promise<RowPart> {
  if (keys.length === 0) {
    const { rows, totalRows } = await history.rows({ ...window, samples });
    return { rows, totalRows: samples === null ? null : totalRows };
  }
  const { projectId, runId, minStep, maxStep } = window;
  const spec = { keys: [...new Set([STEP_KEY, ...keys])], samples, minStep, maxStep: maxStep - 1, mode };
  const [selection] = await history.select({ projectId, runId, specs: [spec] });
  return { rows: selection?.rows ?? [], totalRows: samples === null ? null : (selection?.totalRows ?? null) };
}

/** Twice as wide while pages are small, narrower in proportion when they are too large. */
function nextWidth(width: number, rows: readonly string[]): number {
  let chars = 0;
  for (const row of rows) chars += row.length;
  if (chars * 4 <= PAGE_CHARS) return Math.min(width * 2, MAX_WIDTH);
  if (chars <= PAGE_CHARS * 2) return width;
  return Math.max(1, Math.floor((width * PAGE_CHARS) / chars));
}
