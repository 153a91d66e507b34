/** The mutations of sweeps and their agents. */
import type { MutationResolvers, UpsertSweepInput } from "../../../generated/schema-types.ts";
import type { SweepInput } from "../sweep-input.ts";
import type { SweepTarget } from "../sweep-service.ts";
import { parseAgentId, parseSweepId } from "./ids.ts";

/** Mutations of sweeps. */
export const sweepMutations: Pick<
  MutationResolvers,
  "upsertSweep" | "deleteSweep" | "createAgent" | "agentHeartbeat" | "enqueueSweepRun"
> = {
  upsertSweep: async (_parent, { input }, { caller, services }) => {
    const { sweep, warnings } = await services.sweeps.upsert(caller, toTarget(input), toInput(input));
    return { sweep, configValidationWarnings: warnings };
  },
  deleteSweep: async (_parent, { input }, { caller, services }) => {
    const withRuns = input.deleteRuns === true;
    await services.sweeps.delete(caller, parseSweepId(input.id), { withRuns });
    return { success: true, clientMutationId: input.clientMutationId ?? null };
  },
  createAgent: async (_parent, { input }, { caller, services }) => {
    const address = { entityName: input.entityName ?? null, projectName: input.projectName ?? null };
    const request = { sweepName: input.sweep, host: input.host };
    return { agent: await services.sweepAgents.create(caller, address, request) };
  },
  agentHeartbeat: (_parent, { input }, { caller, services }) =>
    services.sweepAgents.heartbeat(caller, {
      agentId: parseAgentId(input.id),
      runState: input.runState ?? null,
    }),
  enqueueSweepRun: async (_parent, { input }, { caller, services }) => {
    const id = await services.sweepAgents.enqueue(caller, parseSweepId(input.id), {
      parameters: input.config,
      displayName: input.displayName ?? null,
    });
    return { id, runQueueItemId: null };
  },
};

function toTarget({ id, entityName, projectName }: UpsertSweepInput): SweepTarget {
  if (typeof id === "string" && id !== "") return { sweepId: parseSweepId(id) };
  return { entityName: entityName ?? null, projectName: projectName ?? null };
}

function toInput(input: UpsertSweepInput): SweepInput {
  return {
    config: input.config,
    description: input.description,
    displayName: input.displayName,
    controller: input.controller,
    scheduler: input.scheduler,
    launchScheduler: input.launchScheduler,
    templateVariableValues: input.templateVariableValues,
    state: input.state,
    priorRunsFilter: input.priorRunsFilters,
  };
}
