/**
 * Divides a run's rows into sealed files that may be read as they lie and the rows between them. A file may be when its
 * lines are rows one by one, none is written over, cut off or joined by another line, and no other row lies between.
 */
import type { RunKey } from "./history-log.ts";
import { openRows } from "./history-rows.ts";
import type { RowSources } from "./history-rows.ts";
import { cutRows } from "./row-stretches.ts";
import type { StoredPart } from "./sealed-part-store.ts";

/** Rows that follow each other in ascending step. */
export interface HistoryStretch {
  readonly firstStep: number;
  /** Inclusive. */
  readonly lastStep: number;
  readonly rowCount: number;
  /** The part whose lines are exactly these rows; null where there is none. */
  readonly part: Pick<StoredPart, "tableKey" | "tableBytes" | "besideKey" | "besideBytes"> | null;
}

/** The stretches of all rows there are, in ascending step. */
export async function divideIntoFiles(sources: RowSources, run: RunKey): Promise<readonly HistoryStretch[]> {
  const history = await openRows(sources, { ...run, minStep: null, maxStep: null });
  const { rows, from, to } = history;
  const stretches: HistoryStretch[] = [];
  for (const { start, end, sealed } of cutRows(history, (await history.lines?.stretches()) ?? [], {
    from,
    to,
  })) {
    const part = sealed?.part;
    const isWhole = part !== undefined && part.isStepAscending && end - start === part.lineCount;
    const stretch = { firstStep: rows.stepAt(start), lastStep: rows.stepAt(end - 1), rowCount: end - start };
    const last = stretches.at(-1);
    if (isWhole) stretches.push({ ...stretch, part });
    else if (last === undefined || last.part !== null) stretches.push({ ...stretch, part: null });
    else {
      const { firstStep, rowCount } = last;
      stretches[stretches.length - 1] = {
        ...stretch,
        firstStep,
        rowCount: rowCount + stretch.rowCount,
        part: null,
      };
    }
  }
  return stretches;
}
