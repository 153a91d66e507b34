/** The error of jobs that come to nothing. */
import { SteelyardError } from "../../core/errors.ts";
import type { QueuedRunOutcome } from "./queued-run.ts";

/** An item of a queue failed before there was a run to look at. Mirrors `wandb.sdk.launch.errors.LaunchError`. */
export class LaunchError extends SteelyardError {
  override readonly name: string = "LaunchError";
  /** What became of the item. */
  readonly outcome: QueuedRunOutcome;

  constructor(message: string, outcome: QueuedRunOutcome) {
    super(message, { code: "conflict" });
    this.outcome = outcome;
  }
}
