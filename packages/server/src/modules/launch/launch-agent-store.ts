import type { LaunchAgent } from "./launch-agent.ts";

/** Agents by project. */
export interface LaunchAgentStore {
  /** Registers an agent, and forgets those of the project that were silent since `forgetBefore`. */
  create(agent: NewLaunchAgent): Promise<LaunchAgent>;
  find(request: { readonly agentId: number }): Promise<LaunchAgent | undefined>;
  /** The agents of a project, newest first. */
  list(request: { readonly projectId: number; readonly limit: number }): Promise<readonly LaunchAgent[]>;
  /** Changes what is given; `heartbeatAt` never goes back. False when the agent is not there. */
  update(change: LaunchAgentChange): Promise<boolean>;
}

/** An agent to register. */
export interface NewLaunchAgent {
  readonly projectId: number;
  readonly name: string;
  readonly hostname: string;
  readonly config: string | null;
  readonly version: string | null;
  readonly queueIds: readonly number[];
  readonly userId: number;
  readonly now: string;
  readonly forgetBefore: string;
}

/** What is new about an agent; what is undefined is left alone. */
export interface LaunchAgentChange {
  readonly agentId: number;
  readonly status?: string;
  readonly isStopRequested?: boolean;
  readonly heartbeatAt?: string;
}
