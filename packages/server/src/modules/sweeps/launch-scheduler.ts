/** The job that hands out the runs of a sweep which is carried out by queues (`wandb launch-sweep`). */
import { parseJsonObject } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";

/** Which job, and in which queue. */
export interface LaunchScheduler {
  readonly projectName: string;
  readonly queueName: string;
  /** JSON text. */
  readonly runSpec: string;
}

/** Stands in the job for the id of the sweep, which its maker cannot know. */
const SWEEP_ID = "WANDB_SWEEP_ID";

/** Reads the JSON text of a job for the sweep of that id. Throws `invalid_argument`. */
export function parseLaunchScheduler(text: string, sweepName: string): LaunchScheduler {
  const { queue, run_queue_project: project, run_spec: runSpec } = parseJsonObject(text);
  if (typeof queue !== "string" || typeof project !== "string" || typeof runSpec !== "string") {
    const message = "launchScheduler must have the texts queue, run_queue_project and run_spec";
    throw new ServerError("invalid_argument", message, { field: "launchScheduler" });
  }
  return { projectName: project, queueName: queue, runSpec: runSpec.replaceAll(SWEEP_ID, sweepName) };
}
