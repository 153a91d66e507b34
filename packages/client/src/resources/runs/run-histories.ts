/** Puts the histories of several runs into one table, with the run's id in each row. */
import { HistoryColumnsBuilder } from "../history/history-columns.ts";
import type { HistoryColumns, HistoryExtent } from "../history/history-columns.ts";
import type { HistoryRow } from "../history/history-row.ts";
import { readSelection } from "../history/run-history.ts";
import type { HistoryOptions, HistoryRows } from "../history/run-history.ts";

/** The column that tells whose row it is; Python's name for it. */
const RUN_ID = "run_id";

/** A run's id and its history. */
export interface RunHistory {
  readonly id: string;
  readonly history: HistoryRows;
}

/** All rows, run after run. */
export function joinHistoryRows(histories: readonly RunHistory[]): HistoryRows {
  return { format: "rows", rows: [...labelledRows(histories)], ...joinExtents(histories) };
}

/** All rows as columns, `run_id` first. */
export function joinHistoryColumns(
  histories: readonly RunHistory[],
  options: HistoryOptions,
): HistoryColumns {
  const builder = new HistoryColumnsBuilder(readSelection(options), [RUN_ID]);
  for (const row of labelledRows(histories)) builder.append(row);
  return builder.build(joinExtents(histories));
}

function* labelledRows(histories: readonly RunHistory[]): Generator<HistoryRow, void, undefined> {
  for (const { id, history } of histories) {
    for (const row of history.rows) yield { ...row, [RUN_ID]: id };
  }
}

function joinExtents(histories: readonly RunHistory[]): HistoryExtent {
  let totalRows: number | null = 0;
  for (const { history } of histories) {
    totalRows = totalRows === null || history.totalRows === null ? null : totalRows + history.totalRows;
  }
  return { sampled: histories.some(({ history }) => history.sampled), totalRows };
}
