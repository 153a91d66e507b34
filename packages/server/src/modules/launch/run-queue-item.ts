/** Items of queues, and how an item's state follows from its lease, its agent and its run. */
import type { RunState } from "@steelyard/protocol";

/** What is stored of an item's fate; the rest follows from time and run. */
export type ItemStatus = "PENDING" | "CLAIMED" | "FAILED";

/** The priority of items that state none. */
export const DEFAULT_PRIORITY = 2;

/** How long an agent has to acknowledge what it popped; then the item is anybody's again. */
export const LEASE_MS = 60_000;

/** A job in a queue. */
export interface RunQueueItem {
  readonly id: number;
  readonly queueId: number;
  readonly projectId: number;
  readonly status: ItemStatus;
  /** Smaller is more urgent. */
  readonly priority: number;
  /** JSON text of an object. */
  readonly runSpec: string;
  /** Where the run is logged, as the spec says. */
  readonly targetEntity: string;
  readonly targetProject: string;
  /** How often the item was handed out; tells the present lease from those before. */
  readonly leaseNumber: number;
  readonly leasedAt: string | null;
  readonly leasedUntil: string | null;
  /** The agent that it was handed to last, if that said who it is. */
  readonly agentId: number | null;
  /** Id of the run that was announced for it. */
  readonly runName: string | null;
  readonly failure: ItemNotice | null;
  readonly warnings: readonly ItemNotice[];
  readonly userId: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What an agent says of an item. */
export interface ItemNotice {
  readonly message: string;
  readonly stage: string;
  /** Of the agent's own run. */
  readonly filePaths: readonly string[];
}

/** What a state follows from besides the item. */
export interface ItemSurroundings {
  readonly now: string;
  /** The announced run, if it is there. */
  readonly run: { readonly state: RunState; readonly heartbeatAt: string } | undefined;
  /** Whether the agent that claimed it has fallen silent. */
  readonly isAgentLost: boolean;
}

/** What became of an item. */
export interface ItemOutcome {
  readonly state: string;
  readonly hasRun: boolean;
  readonly failure: ItemNotice | null;
}

/**
 * An item's state now. A run counts from its first sign of life after the item was handed out, so that one that is
 * resumed under its old id is not taken for done before it starts again.
 */
export function outcomeOf(item: RunQueueItem, { now, run, isAgentLost }: ItemSurroundings): ItemOutcome {
  const hasRun = run !== undefined && run.state !== "pending" && run.heartbeatAt >= (item.leasedAt ?? now);
  const { failure } = item;
  if (item.status === "FAILED") return { state: "FAILED", hasRun, failure };
  if (item.status === "PENDING") {
    const isLeased = item.leasedUntil !== null && item.leasedUntil > now;
    return { state: isLeased ? "LEASED" : "PENDING", hasRun: false, failure };
  }
  if (hasRun) return { state: run.state.toUpperCase(), hasRun, failure };
  if (isAgentLost) return { state: "FAILED", hasRun, failure: AGENT_LOST };
  return { state: "CLAIMED", hasRun, failure };
}

const AGENT_LOST: ItemNotice = {
  message: "The agent acknowledged the item, has not started its run and has not been heard of since",
  stage: "agent",
  filePaths: [],
};
