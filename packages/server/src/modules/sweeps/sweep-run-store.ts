/** What a sweep hands out: runs that are made before their process is there, and what the search learns from. */
import type { JsonObject, RunState } from "@steelyard/protocol";
import type { SummaryMetric } from "./summary-metric.ts";
import type { Sweep } from "./sweep.ts";

/**
 * Keeps what sweeps hand out. Whatever changes it counts as a revision of the sweep, and is refused, with undefined or
 * false for an answer, when the sweep's revision is no longer the one that the caller decided on.
 */
export interface SweepRunStore {
  /** How a sweep stands for one of its agents; undefined when the sweep is not there. */
  standing(request: StandingRequest): Promise<SweepStanding | undefined>;
  /** What was tried so far, in the order of creation, with the sweep as it was before any of it was read. */
  trials(request: TrialsRequest): Promise<SweepTrials | undefined>;
  /** Creates a pending run of the sweep and hands it to an agent, or to nobody yet. */
  begin(run: NewSweepRun): Promise<BegunRun | undefined>;
  /** Hands a run that no process has begun to an agent. */
  hand(request: RunDecision & { readonly agentId: number }): Promise<boolean>;
  /** Notes that an agent has said of a run that it is at it. */
  markSeen(request: { readonly sweepId: number; readonly runIds: readonly number[] }): Promise<void>;
  /** Ends runs that no process has begun. */
  endPending(request: PendingEnd): Promise<readonly number[]>;
  /**
   * Turns runs that a sweep made, that were asked to stop and whose process has not called since `heartbeatBefore` into
   * killed ones: an agent ends a process without letting it say so.
   */
  endStopped(request: { readonly heartbeatBefore: string; readonly now: string }): Promise<void>;
  /** Runs of sweeps that have ended that no process has begun and that no agent has which called since. */
  listForgotten(request: { readonly lostBefore: string }): Promise<readonly ForgottenRuns[]>;
}

/** Runs of a sweep. */
export interface ForgottenRuns {
  readonly sweepId: number;
  readonly runIds: readonly number[];
}

/** Whose view. */
export interface StandingRequest {
  readonly sweepId: number;
  /** Ids, as users see them, of the runs that the agent says it has. */
  readonly runNames: readonly string[];
}

/** A sweep for one of its agents. */
export interface SweepStanding {
  readonly sweep: Sweep;
  /** The sweep's runs that no process has begun, the oldest first. */
  readonly pending: readonly SweepRun[];
  /** Those of the runs that the agent says it has that belong to the sweep. */
  readonly reported: readonly SweepRun[];
  /** How many runs the sweep has. */
  readonly runCount: number;
  /** How many of them have a process. */
  readonly liveCount: number;
}

/** A run of a sweep. */
export interface SweepRun {
  readonly runId: number;
  readonly name: string;
  readonly state: RunState;
  readonly isStopRequested: boolean;
  /** The agent that has it; null for one that waits for an agent, and one that joined the sweep by itself. */
  readonly agentId: number | null;
  /** When that agent last called; null without one, or when the agent is gone. */
  readonly agentHeartbeatAt: string | null;
  /** Whether that agent has said that it is at it. */
  readonly isSeen: boolean;
  /** How often it was handed to an agent. */
  readonly handOuts: number;
  /** JSON text of what the server chose for it; null for one that joined the sweep by itself. */
  readonly parameters: string | null;
}

/** What the search is to see. */
export interface TrialsRequest {
  readonly sweepId: number;
  /** What to read of summaries; null to leave them alone. */
  readonly metric: SummaryMetric | null;
  /** Runs of before the sweep. */
  readonly priorRunIds: readonly number[];
}

/** What was tried. */
export interface SweepTrials {
  readonly sweep: Sweep;
  readonly trials: readonly SweepTrial[];
}

/** A run as the search sees it. */
export interface SweepTrial {
  readonly runId: number;
  readonly name: string;
  readonly state: RunState;
  /** What the server chose, or what the config of a run says that came by itself. */
  readonly parameters: JsonObject;
  /** The metric in the summary, which may be NaN; null when it holds no number. */
  readonly metric: number | null;
  readonly isPrior: boolean;
}

/** A run to make. */
export interface NewSweepRun {
  readonly sweepId: number;
  readonly revision: number;
  /** Null for one that waits for an agent. */
  readonly agentId: number | null;
  readonly name: string;
  readonly displayName: string;
  /** JSON text of an object. */
  readonly parameters: string;
  /** The same as a run's config. */
  readonly config: string;
  readonly userId: number;
  /** What the sweep's controller is told of it; undefined to tell nothing. */
  readonly scheduler?: string;
  readonly now: string;
}

/** A run that was made. */
export interface BegunRun {
  readonly runId: number;
}

/** Which run of which sweep, as the caller saw it. */
export interface RunDecision {
  readonly sweepId: number;
  readonly revision: number;
  readonly runId: number;
  readonly now: string;
}

/** Which runs that no process has begun are to end, and how. */
export interface PendingEnd {
  readonly sweepId: number;
  /** Null for all of them. */
  readonly runIds: readonly number[] | null;
  readonly state: "failed" | "killed";
  readonly now: string;
}
