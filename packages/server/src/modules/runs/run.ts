import type { RunState } from "@steelyard/protocol";

/** One execution. Texts of config and summary are kept as received. */
export interface Run {
  readonly projectId: number;
  readonly runId: number;
  /** The id that users see, unique in the project. */
  readonly name: string;
  readonly displayName: string;
  readonly state: RunState;
  /** JSON text: each key holds an object with a value. */
  readonly config: string;
  /** JSON text. */
  readonly summary: string;
  readonly tags: readonly string[];
  readonly group: string | null;
  readonly jobType: string | null;
  readonly notes: string | null;
  readonly description: string | null;
  readonly commit: string | null;
  readonly host: string | null;
  readonly program: string | null;
  readonly repo: string | null;
  readonly sweepName: string | null;
  readonly exitCode: number | null;
  readonly isStopRequested: boolean;
  readonly userId: number;
  readonly username: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The last request of the run's own process. */
  readonly heartbeatAt: string;
  /** Grows with every change of any run of the project, the names of the artifacts it used and logged included. */
  readonly seq: number;
}
