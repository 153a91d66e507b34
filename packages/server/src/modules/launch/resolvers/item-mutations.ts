/** The mutations that add items, hand them out and tell what became of them. */
import { encodeGlobalId, parseJsonObject } from "@steelyard/protocol";
import type { MutationResolvers } from "../../../generated/schema-types.ts";
import { encodeLease, findItemHandle, requireLaunchNumber } from "../launch-ids.ts";
import type { ItemNotice, RunQueueItem } from "../run-queue-item.ts";
import type { PushInput } from "../run-queue-item-service.ts";

/** Mutations of items. */
export const itemMutations: Pick<
  MutationResolvers,
  | "pushToRunQueueByName"
  | "pushToRunQueue"
  | "popFromRunQueue"
  | "ackRunQueueItem"
  | "failRunQueueItem"
  | "updateRunQueueItemWarning"
  | "deleteFromRunQueue"
> = {
  pushToRunQueueByName: async (_parent, { input }, { caller, services }) => {
    const item = await services.runQueueItems.push(caller, input, toPush(input));
    return item === undefined ? null : toPushed(item);
  },
  pushToRunQueue: async (_parent, { input }, { caller, services }) => {
    const queueId = requireLaunchNumber(input.queueID, "RunQueue", "queueID");
    return toPushed(await services.runQueueItems.pushTo(caller, queueId, toPush(input)));
  },
  popFromRunQueue: async (_parent, { input }, { caller, services }) => {
    const { launchAgentId } = input;
    const agentId =
      typeof launchAgentId === "string"
        ? requireLaunchNumber(launchAgentId, "LaunchAgent", "launchAgentId")
        : null;
    const item = await services.runQueueItems.pop(caller, input, agentId);
    return item === undefined
      ? null
      : { runQueueItemId: encodeLease(item), runSpec: parseJsonObject(item.runSpec) };
  },
  ackRunQueueItem: async (_parent, { input }, { caller, services }) => {
    const handle = findItemHandle(input.runQueueItemId);
    const isDone =
      handle !== undefined && (await services.runQueueItems.acknowledge(caller, handle, input.runName));
    return { success: isDone };
  },
  failRunQueueItem: async (_parent, { input }, { caller, services }) => {
    const handle = findItemHandle(input.runQueueItemId);
    const isDone =
      handle !== undefined && (await services.runQueueItems.fail(caller, handle, toNotice(input)));
    return { success: isDone };
  },
  updateRunQueueItemWarning: async (_parent, { input }, { caller, services }) => {
    const handle = findItemHandle(input.runQueueItemId);
    const isDone =
      handle !== undefined && (await services.runQueueItems.warn(caller, handle.itemId, toNotice(input)));
    return { success: isDone };
  },
  deleteFromRunQueue: async (_parent, { input }, { caller, services }) => {
    const queueId = requireLaunchNumber(input.queueID, "RunQueue", "queueID");
    const handle = findItemHandle(input.runQueueItemId);
    const isDone =
      handle !== undefined && (await services.runQueueItems.delete(caller, queueId, handle.itemId));
    return { success: isDone, clientMutationId: input.clientMutationId ?? null };
  },
};

interface PushArguments {
  readonly runSpec: string;
  readonly templateVariableValues?: string | null;
  readonly priority?: number | null;
}

function toPush({ runSpec, templateVariableValues, priority }: PushArguments): PushInput {
  return { runSpec, templateVariableValues: templateVariableValues ?? null, priority: priority ?? null };
}

function toPushed({ id, runSpec }: RunQueueItem): {
  readonly runQueueItemId: string;
  readonly runSpec: string;
} {
  return { runQueueItemId: encodeGlobalId("RunQueueItem", id), runSpec };
}

interface NoticeArguments {
  readonly message?: string | null;
  readonly stage?: string | null;
  readonly filePaths?: readonly string[] | null;
}

function toNotice({ message, stage, filePaths }: NoticeArguments): ItemNotice {
  return {
    message: message ?? "The agent gave no reason",
    stage: stage ?? "agent",
    filePaths: filePaths ?? [],
  };
}
