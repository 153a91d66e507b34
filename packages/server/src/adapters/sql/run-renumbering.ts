// Gives runs new numbers when what changed is not in their rows: the artifacts that they used and logged, and the names
// of these. Whoever keeps runs in memory then reads them again.
import type { Transaction } from "kysely";
import { takeSeqs } from "./run-counters.ts";
import type { MetadataTables } from "./tables.ts";

type Trx = Transaction<MetadataTables>;

const runsAtOnce = 500;

/** Renumbers a run that used or logged one more artifact; nothing happens when the run is gone. */
export function renumberRun(
  trx: Trx,
  run: { readonly projectId: number; readonly runId: number },
): Promise<void> {
  return renumberRuns(trx, run.projectId, [run.runId]);
}

/** Renumbers all runs that used or logged one of the artifacts, because names of these changed. */
export async function renumberRunsOf(trx: Trx, artifactIds: readonly number[]): Promise<void> {
  const uses = await trx
    .selectFrom("artifact_inputs")
    .select(["project_id", "run_id"])
    .where("artifact_id", "in", artifactIds)
    .union((eb) =>
      eb
        .selectFrom("artifact_outputs")
        .select(["project_id", "run_id"])
        .where("artifact_id", "in", artifactIds),
    )
    .execute();
  // Projects in one order for everyone, so that two writers never wait for each other.
  const byProject = [...Map.groupBy(uses, (use) => use.project_id)].sort(([a], [b]) => a - b);
  for (const [projectId, ofProject] of byProject) {
    const runIds = ofProject.map((use) => use.run_id);
    await renumberRuns(trx, projectId, runIds);
  }
}

async function renumberRuns(trx: Trx, projectId: number, runIds: readonly number[]): Promise<void> {
  const firstSeq = await takeSeqs(trx, projectId, runIds.length);
  if (firstSeq === undefined) return;
  for (let start = 0; start < runIds.length; start += runsAtOnce) {
    await trx
      .with("numbered", (db) =>
        db
          .selectFrom("runs")
          .select("run_id")
          .select((eb) =>
            eb.fn
              .agg<number>("row_number")
              .over((over) => over.orderBy("run_id"))
              .as("place"),
          )
          .where("project_id", "=", projectId)
          .where("run_id", "in", runIds.slice(start, start + runsAtOnce)),
      )
      .updateTable("runs")
      .from("numbered")
      .set((eb) => ({ seq: eb("numbered.place", "+", firstSeq + start - 1) }))
      .where("runs.project_id", "=", projectId)
      .whereRef("runs.run_id", "=", "numbered.run_id")
      .execute();
  }
}
