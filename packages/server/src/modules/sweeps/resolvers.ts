/** Everything that the schema says of sweeps and their agents. */
import type { Resolvers } from "../../generated/schema-types.ts";
import { agentFields } from "./resolvers/agent-fields.ts";
import { sweepMutations } from "./resolvers/mutations.ts";
import { projectSweeps, runSweep } from "./resolvers/project-sweeps.ts";
import { sweepFields } from "./resolvers/sweep-fields.ts";

/** Resolvers of sweeps. */
export const sweepResolvers: Pick<Resolvers, "Mutation" | "Project" | "Run" | "Sweep" | "Agent"> = {
  Mutation: sweepMutations,
  Project: projectSweeps,
  Run: runSweep,
  Sweep: sweepFields,
  Agent: agentFields,
};
