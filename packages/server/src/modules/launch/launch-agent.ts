/** Agents: processes that take items from queues and start their jobs. */

/** How long an agent may be silent before it counts as lost; one that is busy speaks every twenty seconds. */
const LOST_AFTER_MS = 5 * 60_000;

/** What an agent says when it ends. */
const KILLED = "KILLED";

/** A registered agent. */
export interface LaunchAgent {
  readonly id: number;
  readonly projectId: number;
  /** Unique, and the id of the agent's own run. */
  readonly name: string;
  readonly hostname: string;
  /** JSON text. */
  readonly config: string | null;
  readonly version: string | null;
  /** What it last said. */
  readonly status: string;
  readonly isStopRequested: boolean;
  /** The queues that it polls and that still exist. */
  readonly queueIds: readonly number[];
  readonly userId: number;
  readonly createdAt: string;
  readonly heartbeatAt: string;
}

/** An agent as it is shown. */
export interface LaunchAgentView extends LaunchAgent {
  /** What it last said, or LOST. */
  readonly shownStatus: string;
  /** Whether it is to end. */
  readonly shouldStop: boolean;
}

/** The agent as it stands now. */
export function viewAgent(agent: LaunchAgent, now: string): LaunchAgentView {
  const shownStatus = agent.status !== KILLED && isSilent(agent, now) ? "LOST" : agent.status;
  return { ...agent, shownStatus, shouldStop: shouldStop(agent) };
}

/** Whether an agent has been silent for too long, or said that it ends. */
export function isAgentGone(agent: LaunchAgent, now: string): boolean {
  return agent.status === KILLED || isSilent(agent, now);
}

/** Whether the agent is to end. One that still runs jobs may finish them after its last queue is gone. */
export function shouldStop(agent: LaunchAgent): boolean {
  return agent.isStopRequested || (agent.queueIds.length === 0 && agent.status !== "RUNNING");
}

function isSilent({ heartbeatAt }: LaunchAgent, now: string): boolean {
  return Date.parse(now) - Date.parse(heartbeatAt) >= LOST_AFTER_MS;
}
