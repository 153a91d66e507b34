/** The mutations with which agents register and tell of themselves. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { MutationResolvers } from "../../../generated/schema-types.ts";
import { requireLaunchNumber } from "../launch-ids.ts";

/** Mutations of agents. */
export const agentMutations: Pick<MutationResolvers, "createLaunchAgent" | "updateLaunchAgent"> = {
  createLaunchAgent: async (_parent, { input }, { caller, services }) => {
    const { entityName, projectName, hostname } = input;
    const { id } = await services.launchAgents.create(caller, {
      entityName,
      projectName,
      hostname,
      queueIds: input.runQueues.map((queueId) => requireLaunchNumber(queueId, "RunQueue", "runQueues")),
      config: input.agentConfig ?? null,
      version: input.version ?? null,
    });
    return { launchAgentId: encodeGlobalId("LaunchAgent", id) };
  },
  updateLaunchAgent: async (_parent, { input }, { caller, services }) => {
    const agentId = requireLaunchNumber(input.launchAgentId, "LaunchAgent", "launchAgentId");
    const change = { status: input.agentStatus ?? null, isStopRequested: input.stopPolling ?? null };
    await services.launchAgents.update(caller, agentId, change);
    return { success: true };
  },
};
