// All runs of a project by age, the question that is asked most, answered by an index alone, so that even the first
// page of a large project after a start reads nothing else.
import type { Kysely, SelectQueryBuilder } from "kysely";
import { ServerError } from "../../errors.ts";
import type { RunPosition } from "./run-cursor.ts";
import type { RunRow } from "./run-tables.ts";
import type { RunViewPage } from "./run-view.ts";
import type { MetadataTables } from "./tables.ts";

/** Which part of the timeline. */
export interface TimelineRequest {
  readonly projectId: number;
  readonly isDescending: boolean;
  readonly after: RunPosition | undefined;
  readonly limit: number;
}

/** A page of the timeline; runs of the same instant are in the order of their ids. */
export async function readTimeline(
  db: Kysely<MetadataTables>,
  request: TimelineRequest,
): Promise<RunViewPage & { readonly totalCount: number }> {
  return db.transaction().execute(async (trx) => {
    const rows = await timelineQuery(trx, request).execute();
    const totalCount = await countRuns(trx, request.projectId);
    const positions = rows.map((row) => ({ runId: row.run_id, values: [row.created_at] }));
    return {
      positions: positions.slice(0, request.limit),
      hasNextPage: positions.length > request.limit,
      totalCount,
    };
  });
}

/** How many runs a project has. */
export async function countRuns(db: Kysely<MetadataTables>, projectId: number): Promise<number> {
  const counters = await db
    .selectFrom("run_counters")
    .select("run_count")
    .where("project_id", "=", projectId)
    .executeTakeFirst();
  return counters?.run_count ?? 0;
}

/** The query of one page and one run more. */
export function timelineQuery(
  db: Kysely<MetadataTables>,
  { projectId, isDescending, after, limit }: TimelineRequest,
): SelectQueryBuilder<MetadataTables, "runs", Pick<RunRow, "run_id" | "created_at">> {
  const all = db
    .selectFrom("runs")
    .select(["run_id", "created_at"])
    .where("project_id", "=", projectId)
    .orderBy("created_at", isDescending ? "desc" : "asc")
    .orderBy("run_id")
    .limit(limit + 1);
  if (after === undefined) return all;
  const instant = instantOf(after);
  return (
    all
      // Alone, the second condition would not let the database begin in the middle of the index.
      .where("created_at", isDescending ? "<=" : ">=", instant)
      .where((eb) => eb.or([eb("created_at", "!=", instant), eb("run_id", ">", after.runId)]))
  );
}

function instantOf({ values }: RunPosition): string {
  const [instant] = values;
  if (typeof instant === "string") return instant;
  throw new ServerError("invalid_argument", "Expected an instant in the cursor", { field: "after" });
}
