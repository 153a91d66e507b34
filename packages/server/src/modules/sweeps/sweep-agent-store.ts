/** The agents of sweeps. */
import type { SweepAgent } from "./sweep.ts";

/** Keeps agents. */
export interface SweepAgentStore {
  /** Throws `not_found` when the sweep is not there. */
  create(agent: NewSweepAgent): Promise<SweepAgent>;
  find(selector: SweepAgentSelector): Promise<SweepAgent | undefined>;
  /** A sweep's agents, oldest first. */
  list(request: { readonly sweepId: number }): Promise<readonly SweepAgent[]>;
  /** Notes that an agent called, with its sweep; undefined when it is not there. One that calls is not finished. */
  touch(request: { readonly agentId: number; readonly now: string }): Promise<SweepAgent | undefined>;
  /** Notes that an agent was told to end. */
  finish(request: { readonly agentId: number }): Promise<void>;
  /** A page of the runs that an agent was handed, by their numbers, which grow with their age. */
  listRunIds(request: AgentRunsQuery): Promise<readonly number[]>;
}

/** An agent to register. */
export interface NewSweepAgent {
  readonly sweepId: number;
  readonly name: string;
  readonly host: string;
  readonly userId: number;
  readonly now: string;
}

/** Which agent. */
export type SweepAgentSelector =
  { readonly agentId: number } | { readonly sweepId: number; readonly name: string };

/** Which runs of an agent. */
export interface AgentRunsQuery {
  readonly agentId: number;
  /** Null for the first page. */
  readonly afterRunId: number | null;
  readonly isNewestFirst: boolean;
  readonly limit: number;
}
