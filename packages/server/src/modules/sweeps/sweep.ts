/** A sweep: what is searched, how far it is, and who does it. */

/**
 * How a sweep stands: `PENDING` until a run of it is handed out, `FINISHED` when there is nothing more to hand out or
 * somebody stopped it, `CANCELED` when its runs were to end at once too.
 */
export const SWEEP_STATES = ["PENDING", "RUNNING", "PAUSED", "FINISHED", "CANCELED"] as const;

/** How a sweep stands. */
export type SweepState = (typeof SWEEP_STATES)[number];

/** A search over the configs of runs. */
export interface Sweep {
  readonly id: number;
  readonly projectId: number;
  /** The id that users see, unique in the project. */
  readonly name: string;
  readonly displayName: string | null;
  readonly state: SweepState;
  readonly description: string | null;
  /** YAML text as received. */
  readonly config: string;
  /** As the config says it; kept beside it for filters and lists. */
  readonly method: string;
  /** JSON text of a controller outside the server. */
  readonly controller: string | null;
  /** JSON text that tells such a controller which runs it got. */
  readonly scheduler: string | null;
  /** JSON text: the job that hands the sweep's runs out and its queue. */
  readonly launchScheduler: string | null;
  /** Filter in JSON text. */
  readonly priorRunsFilter: string | null;
  readonly userId: number;
  readonly username: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When an agent last called. */
  readonly heartbeatAt: string | null;
  /** Grows with everything that bears on what is handed out next, so that a decision holds only for what it saw. */
  readonly revision: number;
  /** Whether the search has nothing more to hand out. */
  readonly isExhausted: boolean;
}

/** A program that carries out runs of a sweep, one at a time. */
export interface SweepAgent {
  readonly id: number;
  readonly sweepId: number;
  readonly projectId: number;
  readonly name: string;
  readonly host: string;
  readonly userId: number;
  /** Whether it was told to end. */
  readonly isFinished: boolean;
  /** How many runs it was handed that are still there. */
  readonly runCount: number;
  readonly createdAt: string;
  readonly heartbeatAt: string;
}
