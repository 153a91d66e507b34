/** The states of a run, as W&B's clients know them. */

/** Every state a run can be in. */
export const RUN_STATES = [
  "pending",
  "running",
  "finished",
  "failed",
  "crashed",
  "killed",
  "preempting",
  "preempted",
] as const;

/** The state of a run. */
export type RunState = (typeof RUN_STATES)[number];

/** Tells whether a text is a run state. */
export function isRunState(text: string): text is RunState {
  return RUN_STATES.some((state) => state === text);
}
