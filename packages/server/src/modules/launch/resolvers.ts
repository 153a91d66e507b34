/** Queues, items and agents as the schema shows them. */
import { encodeGlobalId, parseJson, parseJsonObject } from "@steelyard/protocol";
import type { Resolvers } from "../../generated/schema-types.ts";
import { findItemHandle, findLaunchNumber } from "./launch-ids.ts";
import { agentMutations } from "./resolvers/agent-mutations.ts";
import { itemMutations } from "./resolvers/item-mutations.ts";
import { queueMutations } from "./resolvers/queue-mutations.ts";

/** Resolvers of launch. */
export const launchResolvers: Resolvers = {
  Query: {
    launchAgent: async (_parent, { id }, { caller, services }) => {
      const agentId = findLaunchNumber(id, "LaunchAgent");
      return agentId === undefined ? null : ((await services.launchAgents.find(caller, agentId)) ?? null);
    },
  },
  Mutation: { ...queueMutations, ...itemMutations, ...agentMutations },
  Project: {
    runQueue: async (project, { name }, { caller, services }) =>
      (await services.runQueues.find(caller, project, name)) ?? null,
    runQueues: (project, _args, { caller, services }) => services.runQueues.list(caller, project),
    launchAgents: (project, _args, { caller, services }) => services.launchAgents.list(caller, project),
  },
  Entity: {
    defaultResourceConfig: async (entity, { id }, { caller, services }) => {
      const configId = findLaunchNumber(id, "DefaultResourceConfig");
      if (configId === undefined) return null;
      return (await services.runQueues.findConfig(caller, entity, configId)) ?? null;
    },
  },
  RunQueue: {
    id: (queue) => encodeGlobalId("RunQueue", queue.id),
    defaultResourceConfigID: ({ configId }) =>
      configId === null ? null : encodeGlobalId("DefaultResourceConfig", configId),
    defaultResourceConfig: async (queue, _args, { caller, services }) =>
      (await services.runQueues.configOf(caller, queue)) ?? null,
    externalLinks: ({ externalLinks }) => (externalLinks === null ? null : parseJson(externalLinks)),
    runQueueItem: async (queue, { id }, { services }) => {
      const handle = findItemHandle(id);
      return handle === undefined
        ? null
        : ((await services.runQueueItems.find(queue, handle.itemId)) ?? null);
    },
    runQueueItems: async (queue, { first, after }, { services }) => {
      const before = typeof after === "string" ? (findItemHandle(after)?.itemId ?? 0) : null;
      const page = await services.runQueueItems.list(queue, { before, limit: first ?? null });
      const edges = page.items.map((node) => ({ cursor: encodeGlobalId("RunQueueItem", node.id), node }));
      const pageInfo = { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: page.hasNextPage };
      return { edges, pageInfo, totalCount: page.totalCount };
    },
  },
  RunQueueItem: {
    id: (item) => encodeGlobalId("RunQueueItem", item.id),
    state: ({ outcome }) => outcome.state,
    associatedRunId: ({ outcome, runName }) => (outcome.hasRun ? runName : null),
    run: async ({ runKey }, _args, { caller, services }) =>
      runKey === null ? null : ((await services.runs.findByKey(caller, runKey)) ?? null),
    launchAgentId: ({ agentId }) => (agentId === null ? null : encodeGlobalId("LaunchAgent", agentId)),
    error: ({ outcome }) => outcome.failure,
  },
  DefaultResourceConfig: {
    id: (config) => encodeGlobalId("DefaultResourceConfig", config.id),
    config: ({ config }) => parseJsonObject(config),
  },
  LaunchAgent: {
    id: (agent) => encodeGlobalId("LaunchAgent", agent.id),
    runQueues: ({ queueIds }) => queueIds.map((id) => encodeGlobalId("RunQueue", id)),
    agentStatus: ({ shownStatus }) => shownStatus,
    stopPolling: ({ shouldStop }) => shouldStop,
    agentConfig: ({ config }) => (config === null ? null : parseJsonObject(config)),
  },
};
