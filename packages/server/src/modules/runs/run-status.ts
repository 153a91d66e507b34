/** How a run's state follows from what its process says and from its silence. Adapters apply it; none decides itself. */
import type { RunState } from "@steelyard/protocol";

/** The part of a run that its process's words change. */
export interface RunStatus {
  readonly state: RunState;
  readonly exitCode: number | null;
  readonly isStopRequested: boolean;
}

/** What a process says with one request. */
export interface RunSignal {
  readonly isPreempting?: boolean;
  /** Set when the run is over. */
  readonly exitCode?: number;
  /** Whether the process is one of several that write to the run. */
  readonly isShared?: boolean;
}

/** States of runs whose process has said that it is over, or was made to be. */
const ENDED_STATES: readonly RunState[] = ["finished", "failed", "killed", "preempted"];

/** States in which a run's process is at work or about to be. */
const LIVE_STATES: readonly RunState[] = ["pending", "running", "preempting"];

const PREEMPTED_STATES: readonly RunState[] = ["preempting", "preempted"];

/** The status after a request. Returns the same object when nothing changes. */
export function statusAfterSignal(status: RunStatus, signal: RunSignal): RunStatus {
  if (signal.exitCode !== undefined) {
    const isPreempted = signal.isPreempting === true || PREEMPTED_STATES.includes(status.state);
    return { ...status, exitCode: signal.exitCode, state: stateAtExit(status, signal.exitCode, isPreempted) };
  }
  const wasOver = ENDED_STATES.includes(status.state);
  // Where several processes write, the others go on for a moment after the one that ends the run has ended it.
  if (wasOver && signal.isShared === true) return status;
  const state = signal.isPreempting === true || status.state === "preempting" ? "preempting" : "running";
  // A stop that was asked of the process before is not meant for the one that goes on.
  const isStopRequested = status.isStopRequested && !wasOver;
  if (state === status.state && isStopRequested === status.isStopRequested && status.exitCode === null)
    return status;
  return { state, exitCode: null, isStopRequested };
}

/**
 * The status after a process asked for the run by its name, to begin or to go on with it. A stop that was asked of the
 * former process is not meant for this one.
 */
export function statusAfterCall(status: RunStatus): RunStatus {
  const goesOn = LIVE_STATES.includes(status.state);
  return {
    state: status.state === "preempting" ? status.state : "running",
    exitCode: null,
    isStopRequested: status.isStopRequested && goesOn,
  };
}

/** The status after somebody sets the state; a run that is to go on has no exit code. */
export function statusAfterEdit(status: RunStatus, edit: Partial<Omit<RunStatus, "exitCode">>): RunStatus {
  const state = edit.state ?? status.state;
  const isEnded = ENDED_STATES.includes(state) || state === "crashed";
  return {
    state,
    exitCode: isEnded ? status.exitCode : null,
    isStopRequested: edit.isStopRequested ?? status.isStopRequested,
  };
}

/** The status of a run whose process has not been heard of for too long. */
export function statusAfterSilence(status: RunStatus): RunStatus {
  if (status.state === "running") return { ...status, state: "crashed" };
  return status.state === "preempting" ? { ...status, state: "preempted" } : status;
}

function stateAtExit(status: RunStatus, exitCode: number, isPreempted: boolean): RunState {
  if (status.state === "killed") return "killed";
  if (exitCode === 0) return "finished";
  if (isPreempted) return "preempted";
  return status.isStopRequested ? "killed" : "failed";
}
