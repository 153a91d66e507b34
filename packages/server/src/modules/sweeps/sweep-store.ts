/** Sweeps by themselves, without what they hand out. */
import type { Sweep, SweepState } from "./sweep.ts";

/** Keeps sweeps. */
export interface SweepStore {
  /** Throws `already_exists` when the project has a sweep of that name. */
  create(sweep: NewSweep): Promise<Sweep>;
  /** Changes what is given; undefined when the sweep is not there. */
  update(change: SweepChange): Promise<Sweep | undefined>;
  find(selector: SweepSelector): Promise<Sweep | undefined>;
  /** Those of the names that the project has, in no order. */
  findMany(request: {
    readonly projectId: number;
    readonly names: readonly string[];
  }): Promise<readonly Sweep[]>;
  /** A page, newest first. Throws `invalid_argument` for a bad filter or cursor. */
  list(request: SweepQuery): Promise<SweepPage>;
  count(request: { readonly projectId: number }): Promise<number>;
  /** Running sweeps that have nothing more to hand out and no run that is still to end. */
  listDone(): Promise<readonly Sweep[]>;
  /** Removes a sweep with its agents; its runs stay. False when it was not there. */
  delete(request: { readonly sweepId: number }): Promise<boolean>;
}

/** Which sweep. */
export type SweepSelector =
  { readonly sweepId: number } | { readonly projectId: number; readonly name: string };

/** A sweep to create. */
export interface NewSweep {
  readonly projectId: number;
  readonly name: string;
  readonly displayName: string | null;
  readonly state: SweepState;
  readonly description: string | null;
  readonly config: string;
  readonly method: string;
  readonly controller: string | null;
  readonly scheduler: string | null;
  readonly launchScheduler: string | null;
  readonly priorRunsFilter: string | null;
  readonly userId: number;
  readonly now: string;
}

/** What to change of a sweep; what is undefined is left alone. Every change counts as one of the revision. */
export interface SweepChange extends Partial<
  Pick<
    NewSweep,
    | "displayName"
    | "state"
    | "description"
    | "config"
    | "method"
    | "controller"
    | "scheduler"
    | "launchScheduler"
    | "priorRunsFilter"
  >
> {
  readonly sweepId: number;
  readonly isExhausted?: boolean;
  /** Changes nothing, and answers undefined, when the sweep has had changes since. */
  readonly ifRevision?: number;
  readonly now: string;
}

/** Which sweeps. */
export interface SweepQuery {
  readonly projectId: number;
  /** JSON text; null for all. */
  readonly filter: string | null;
  readonly after: string | null;
  readonly limit: number;
}

/** A page of sweeps. */
export interface SweepPage {
  readonly sweeps: readonly { readonly sweep: Sweep; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}
