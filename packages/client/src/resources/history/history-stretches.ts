/** How a server divides a run's history: sealed files that may be read as they lie, and the rows between them. */
import { NotFoundError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import { RunHistoryFilesDocument } from "../../generated/history-documents.ts";
import type { RunAddress } from "./history-reader.ts";

/** Announced by servers that hand out history files. */
export const HISTORY_FILES_FEATURE = "STEELYARD_HISTORY_FILES";

/** Rows that follow each other in ascending step. */
export interface HistoryStretch {
  readonly firstStep: number;
  /** Inclusive. */
  readonly lastStep: number;
  readonly rowCount: number;
  /** The file whose lines are exactly these rows; null where they are read live. */
  readonly file: HistoryFile | null;
}

/** Where a file of history and the one beside it are read. */
export interface HistoryFile {
  readonly tableUrl: string;
  readonly tableBytes: number;
  readonly besideUrl: string;
  readonly besideBytes: number;
}

/** The stretches of all rows there are; null when the server hands out no files. */
export async function readStretches(
  service: Service,
  run: RunAddress,
  signal: AbortSignal | undefined,
): Promise<readonly HistoryStretch[] | null> {
  if (!(await service.supports(HISTORY_FILES_FEATURE))) return null;
  const { entity, project, id } = run;
  const answer = await service.graphql.execute(
    RunHistoryFilesDocument,
    { entity, project, name: id },
    { signal },
  );
  const found = answer.project?.run;
  if (found == null) throw new NotFoundError(`Run ${entity}/${project}/${id} not found`);
  return found.historyFiles.map(({ firstStep, lastStep, rowCount, file }) => ({
    firstStep: Number(firstStep),
    lastStep: Number(lastStep),
    rowCount: Number(rowCount),
    file: file && {
      tableUrl: file.tableUrl,
      tableBytes: Number(file.tableBytes),
      besideUrl: file.besideUrl,
      besideBytes: Number(file.besideBytes),
    },
  }));
}
