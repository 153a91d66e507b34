/** Agents as the schema shows them. What is not listed here is a field of the agent itself. */
import { encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";
import type { AgentResolvers } from "../../../generated/schema-types.ts";

/** Fields of agents. */
export const agentFields: Pick<AgentResolvers, "id" | "state" | "totalRuns" | "runs"> = {
  id: (agent) => encodeGlobalId("Agent", agent.id),
  state: (agent, _args, { services }) => services.sweepAgents.stateOf(agent),
  totalRuns: (agent) => agent.runCount,
  runs: async (agent, { after, before, first, last, order }, { caller, services }) => {
    if (given(before) || given(last)) {
      throw new ServerError("unsupported", "Runs of an agent are read forwards: use first and after");
    }
    const page = await services.sweepAgents.listRuns(caller, agent, {
      afterRunId: given(after) ? parseCursor(after) : null,
      isNewestFirst: isNewestFirst(order),
      first: first ?? null,
    });
    const edges = page.runs.map((node) => ({ cursor: printCursor(node.runId), node }));
    return {
      edges,
      pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: page.hasNextPage },
      totalCount: agent.runCount,
    };
  },
};

/** Runs of an agent come one after the other, so there is nothing else to order them by than their age. */
function isNewestFirst(order: string | null | undefined): boolean {
  const known: readonly string[] = ["created_at", "createdAt"];
  if (!given(order) || known.includes(order.replace(/^\+/, ""))) return false;
  if (order.startsWith("-") && known.includes(order.slice(1))) return true;
  throw new ServerError("invalid_argument", "Runs of an agent are ordered by created_at", { field: "order" });
}

const CURSOR_PREFIX = "agent-run:";

function printCursor(runId: number): string {
  return Buffer.from(`${CURSOR_PREFIX}${runId}`).toString("base64url");
}

function parseCursor(cursor: string): number {
  const text = Buffer.from(cursor, "base64url").toString();
  const runId = Number(text.slice(CURSOR_PREFIX.length));
  if (text.startsWith(CURSOR_PREFIX) && Number.isSafeInteger(runId)) return runId;
  throw new ServerError("invalid_argument", "after is not a cursor of an agent's runs", { field: "after" });
}

function given<T>(value: T | null | undefined | ""): value is T {
  return value !== null && value !== undefined && value !== "";
}
