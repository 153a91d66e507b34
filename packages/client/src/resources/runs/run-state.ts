/** Which states of a run are over. */

/** States that a run leaves by itself; every other one is its last. */
const ACTIVE_STATES: readonly string[] = ["pending", "running", "preempting"];

/** Whether a run in this state will change no more. */
export function isTerminalState(state: string): boolean {
  return !ACTIVE_STATES.includes(state);
}
