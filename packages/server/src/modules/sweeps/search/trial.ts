/** What the search knows of a run. */
import type { JsonObject, RunState } from "@steelyard/protocol";

/** A run of the sweep, or a prior one, in the eyes of the search. */
export interface Trial {
  /** Its values, nested as the configuration nests them; what the configuration does not name is not looked at. */
  readonly parameters: JsonObject;
  /** The metric's value so far, null where the run has none; one that is not finite counts as a failure. */
  readonly metric: number | null;
  readonly state: RunState;
}

/** Tells whether a run may still report. */
export function isUnderWay({ state }: Trial): boolean {
  return state === "running" || state === "pending" || state === "preempting" || state === "preempted";
}
