/** The mutations that create, change and delete runs. */
import { ServerError } from "../../../errors.ts";
import type { MutationResolvers, UpsertBucketInput } from "../../../generated/schema-types.ts";
import type { RunTarget } from "../run-service.ts";
import type { RunInput } from "../run-input.ts";
import { parseRunId } from "./run-id.ts";

/** Older clients ask for it and stop when it is missing. */
const NO_MESSAGES = { serverMessages: [] };

/** Mutations of runs. */
export const runMutations: Pick<
  MutationResolvers,
  "upsertBucket" | "rewindRun" | "stopRun" | "updateRunState" | "deleteRun"
> = {
  upsertBucket: async (_parent, { input }, { caller, services }) => {
    const { run, inserted } = await services.runs.upsert(caller, toTarget(input), toInput(input));
    return { bucket: run, inserted, serverSettings: NO_MESSAGES };
  },
  rewindRun: async (_parent, { input }, { caller, services }) => {
    const point = { metricName: input.metricName, value: input.metricValue };
    const address = {
      entityName: input.entityName ?? null,
      projectName: input.projectName ?? null,
      runName: input.runName,
    };
    const { run } = await services.runs.rewind(caller, address, point);
    return { rewoundRun: run };
  },
  stopRun: async (_parent, { input }, { caller, services }) => {
    await services.runs.stop(caller, parseRunId(input.id));
    return { clientMutationId: input.clientMutationId ?? null, success: true };
  },
  updateRunState: async (_parent, { input }, { caller, services }) => {
    const { id, state } = input;
    if (typeof id !== "string" || typeof state !== "string") {
      throw new ServerError("invalid_argument", "id and state are needed", { field: "input" });
    }
    await services.runs.updateState(caller, parseRunId(id), state);
    return { success: true };
  },
  deleteRun: async (_parent, { input }, { caller, services }) => {
    const key = parseRunId(input.id);
    if (input.deleteArtifacts === true) {
      const run = await services.runs.findByKey(caller, key);
      if (run !== undefined) await services.artifacts.removals.deleteOfRun(caller, run);
    }
    await services.runs.delete(caller, key);
    return { clientMutationId: input.clientMutationId ?? null };
  },
};

/** A run that is resumed is named by id and name; one that is edited, by its id alone. */
function toTarget(input: UpsertBucketInput): RunTarget {
  const id = input.id ?? "";
  const name = input.name ?? "";
  if (id !== "") return { key: parseRunId(id), isOwnProcess: name !== "" };
  return {
    entityName: input.entityName ?? null,
    projectName: input.modelName ?? null,
    runName: name === "" ? null : name,
  };
}

function toInput(input: UpsertBucketInput): RunInput {
  return {
    displayName: input.displayName,
    description: input.description,
    notes: input.notes,
    tags: input.tags,
    config: input.config,
    summary: input.summaryMetrics,
    state: input.state,
    group: input.groupName,
    jobType: input.jobType,
    commit: input.commit,
    host: input.host,
    program: input.jobProgram,
    repo: input.jobRepo,
    sweepName: input.sweep,
  };
}
