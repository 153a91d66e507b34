// What a sweep's search is to see of the runs that were: the parameters that the server chose, or those in the config of
// a run that joined by itself, and the metric in the summary.
import { parseJsonObject } from "@steelyard/protocol";
import type { RunState } from "@steelyard/protocol";
import type { Kysely, SelectQueryBuilder } from "kysely";
import { parametersOfConfig } from "../../modules/sweeps/run-parameters.ts";
import { readSummaryMetric } from "../../modules/sweeps/summary-metric.ts";
import type { SummaryMetric } from "../../modules/sweeps/summary-metric.ts";
import type { SweepTrial, TrialsRequest } from "../../modules/sweeps/sweep-run-store.ts";
import type { Sweep } from "../../modules/sweeps/sweep.ts";
import type { MetadataTables } from "./tables.ts";

type Db = Kysely<MetadataTables>;

const runsAskedAtOnce = 500;

interface TrialRow {
  readonly run_id: number;
  readonly name: string;
  readonly state: RunState;
  readonly parameters: string | null;
  readonly config: string | null;
  /** Read only where it is asked for. */
  readonly summary?: string;
}

/** The trials of a sweep in the order of creation, those of before the sweep first. */
export async function readTrials(
  db: Db,
  sweep: Sweep,
  { metric, priorRunIds }: TrialsRequest,
): Promise<readonly SweepTrial[]> {
  // First which runs, then the runs themselves: joined at once, they would be looked for among all of the project.
  const own = await db
    .selectFrom("runs")
    .select("run_id")
    .where("project_id", "=", sweep.projectId)
    .where("sweep_name", "=", sweep.name)
    .execute();
  const ownRunIds = new Set(own.map((row) => row.run_id));
  const prior = priorRunIds.filter((runId) => !ownRunIds.has(runId));
  return [
    ...(await readRuns(db, sweep, { metric, runIds: prior, isPrior: true })),
    ...(await readRuns(db, sweep, { metric, runIds: [...ownRunIds], isPrior: false })),
  ];
}

interface RunsToRead {
  readonly metric: SummaryMetric | null;
  readonly runIds: readonly number[];
  readonly isPrior: boolean;
}

/** Runs in the order of creation. */
async function readRuns(
  db: Db,
  sweep: Sweep,
  { metric, runIds, isPrior }: RunsToRead,
): Promise<readonly SweepTrial[]> {
  const trials: SweepTrial[] = [];
  for (let start = 0; start < runIds.length; start += runsAskedAtOnce) {
    const asked = runIds.slice(start, start + runsAskedAtOnce);
    const rows = await selectTrials(db, sweep, metric).where("runs.run_id", "in", asked).execute();
    trials.push(...rows.map((row) => toTrial(row, metric, isPrior)));
  }
  return trials.sort((a, b) => a.runId - b.runId);
}

function selectTrials(
  db: Db,
  sweep: Sweep,
  metric: SummaryMetric | null,
): SelectQueryBuilder<MetadataTables, "runs", TrialRow> {
  return (
    db
      .selectFrom("runs")
      .innerJoin("run_configs", (join) =>
        join
          .onRef("run_configs.project_id", "=", "runs.project_id")
          .onRef("run_configs.run_id", "=", "runs.run_id"),
      )
      .leftJoin("sweep_runs", (join) =>
        join
          .onRef("sweep_runs.project_id", "=", "runs.project_id")
          .onRef("sweep_runs.run_id", "=", "runs.run_id")
          .on("sweep_runs.sweep_id", "=", sweep.id),
      )
      .select(["runs.run_id", "runs.name", "runs.state", "sweep_runs.parameters"])
      // Long, and needed only of runs that joined by themselves.
      .select((eb) =>
        eb
          .case()
          .when("sweep_runs.parameters", "is", null)
          .then(eb.ref("run_configs.config"))
          .else(null)
          .end()
          .as("config"),
      )
      .$if(metric !== null, (query) => query.select("runs.summary"))
      .where("runs.project_id", "=", sweep.projectId)
      .orderBy("runs.run_id")
  );
}

function toTrial(row: TrialRow, metric: SummaryMetric | null, isPrior: boolean): SweepTrial {
  return {
    runId: row.run_id,
    name: row.name,
    state: row.state,
    parameters:
      row.parameters === null ? parametersOfConfig(row.config ?? "{}") : parseJsonObject(row.parameters),
    metric: metric === null || row.summary === undefined ? null : readSummaryMetric(row.summary, metric),
    isPrior,
  };
}
