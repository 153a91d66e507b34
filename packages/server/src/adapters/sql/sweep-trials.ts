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
  readonly sweep_name: string | null;
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
  const trials: SweepTrial[] = [];
  for (let start = 0; start < priorRunIds.length; start += runsAskedAtOnce) {
    const runIds = priorRunIds.slice(start, start + runsAskedAtOnce);
    const rows = await selectTrials(db, sweep, metric).where("runs.run_id", "in", runIds).execute();
    for (const row of rows) if (row.sweep_name !== sweep.name) trials.push(toTrial(row, metric, true));
  }
  const rows = await selectTrials(db, sweep, metric).where("runs.sweep_name", "=", sweep.name).execute();
  return [...trials, ...rows.map((row) => toTrial(row, metric, false))];
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
      .select(["runs.run_id", "runs.name", "runs.state", "runs.sweep_name", "sweep_runs.parameters"])
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
