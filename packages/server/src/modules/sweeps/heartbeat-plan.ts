/**
 * What follows from an agent's call, as a value. An agent has one run at a time and is told one thing at a time, because
 * some agents look at nothing but the first command.
 */
import type { SweepRun, SweepStanding } from "./sweep-run-store.ts";

/** What an agent's call is judged by. */
export interface HeartbeatView {
  readonly standing: SweepStanding;
  readonly agentId: number;
  /** The runs that it says it has. */
  readonly runNames: readonly string[];
  /** Agents that have not called since are lost. */
  readonly lostBefore: string;
}

/** What follows. */
export interface HeartbeatPlan {
  /** Runs that the agent says it has for the first time. */
  readonly seen: readonly SweepRun[];
  /** Runs that no process has begun and that nobody is going to begin. */
  readonly failed: readonly SweepRun[];
  /** Runs that no process has begun and that somebody asked to stop. */
  readonly killed: readonly SweepRun[];
  readonly action: HeartbeatAction;
}

/** What the agent is to do; where it is `search`, it gets a new run if there is anything left to try. */
export type HeartbeatAction =
  | { readonly kind: "wait" }
  | { readonly kind: "exit" }
  | { readonly kind: "search" }
  | { readonly kind: "stop"; readonly runName: string }
  | { readonly kind: "hand"; readonly run: SweepRun };

/** An answer may get lost on its way, so a run is handed out again; one that ends so often before it begins never will. */
export const MAX_HAND_OUTS = 3;

/** Decides what follows from a call. */
export function planHeartbeat(view: HeartbeatView): HeartbeatPlan {
  const { standing, agentId, runNames } = view;
  const idle = standing.pending.filter((run) => isIdle(run, view));
  const killed = idle.filter((run) => run.isStopRequested);
  const failed = idle.filter((run) => !run.isStopRequested && isGivenUp(run, agentId));
  const free = idle.filter((run) => !killed.includes(run) && !failed.includes(run));
  return {
    seen: standing.reported.filter((run) => run.agentId === agentId && !run.isSeen),
    failed,
    killed,
    action: runNames.length > 0 ? overseeRuns(view) : chooseNext(view, free),
  };
}

/** Whether a run that no process has begun may be given to the caller: nobody else is at it. */
function isIdle(run: SweepRun, { agentId, runNames, lostBefore }: HeartbeatView): boolean {
  // One that joined by itself is not ours to give.
  if (run.parameters === null) return false;
  if (run.agentId === agentId) return !runNames.includes(run.name);
  return run.agentId === null || run.agentHeartbeatAt === null || run.agentHeartbeatAt < lostBefore;
}

/** Whether the caller had the run and let it go, or it was handed out too often. */
function isGivenUp(run: SweepRun, agentId: number): boolean {
  return (run.agentId === agentId && run.isSeen) || run.handOuts >= MAX_HAND_OUTS;
}

function overseeRuns({ standing, agentId, runNames }: HeartbeatView): HeartbeatAction {
  const reported = new Map(standing.reported.map((run) => [run.name, run]));
  const toStop = runNames.find((name) => {
    const run = reported.get(name);
    if (run === undefined || standing.sweep.state === "CANCELED") return true;
    // The caller was taken for lost, and another has the run now.
    return run.isStopRequested || (run.agentId !== null && run.agentId !== agentId);
  });
  return toStop === undefined ? { kind: "wait" } : { kind: "stop", runName: toStop };
}

function chooseNext({ standing, agentId }: HeartbeatView, free: readonly SweepRun[]): HeartbeatAction {
  switch (standing.sweep.state) {
    case "CANCELED":
    case "FINISHED":
      return { kind: "exit" };
    case "PAUSED":
      return { kind: "wait" };
    case "PENDING":
    case "RUNNING": {
      const run = free.find((candidate) => candidate.agentId === agentId) ?? free[0];
      return run === undefined ? { kind: "search" } : { kind: "hand", run };
    }
  }
}
