/** The mutations that create, change and delete queues. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { MutationResolvers } from "../../../generated/schema-types.ts";
import { requireLaunchNumber } from "../launch-ids.ts";

/** Mutations of queues. */
export const queueMutations: Pick<
  MutationResolvers,
  "createDefaultResourceConfig" | "createRunQueue" | "upsertRunQueue" | "deleteRunQueues"
> = {
  createDefaultResourceConfig: async (_parent, { input }, { caller, services }) => {
    const { entityName, resource, config, templateVariables = null } = input;
    const content = { resource, config, templateVariables };
    const { id } = await services.runQueues.createConfig(caller, entityName, content);
    return { defaultResourceConfigID: encodeGlobalId("DefaultResourceConfig", id), success: true };
  },
  createRunQueue: async (_parent, { input }, { caller, services }) => {
    const { access, prioritizationMode = null, defaultResourceConfigID: configId } = input;
    const queue = await services.runQueues.create(caller, input, {
      access,
      prioritizationMode,
      // Clients send an empty id for none.
      configId:
        typeof configId === "string" && configId !== ""
          ? requireLaunchNumber(configId, "DefaultResourceConfig", "defaultResourceConfigID")
          : null,
    });
    return { success: true, queueID: encodeGlobalId("RunQueue", queue.id) };
  },
  upsertRunQueue: async (_parent, { input }, { caller, services }) => {
    const { oddities } = await services.runQueues.upsert(caller, input, {
      resource: input.resourceType,
      config: input.resourceConfig,
      templateVariables: input.templateVariables ?? null,
      prioritizationMode: input.prioritizationMode ?? null,
      externalLinks: input.externalLinks ?? null,
    });
    return { success: true, configSchemaValidationErrors: [...oddities] };
  },
  deleteRunQueues: async (_parent, { input }, { caller, services }) => {
    const queueIds = input.queueIDs.map((id) => requireLaunchNumber(id, "RunQueue", "queueIDs"));
    await services.runQueues.delete(caller, queueIds);
    return { success: true, clientMutationId: input.clientMutationId ?? null };
  },
};
