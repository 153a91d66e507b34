/** Everything that the schema says of runs, but for their artifacts. */
import type { Resolvers } from "../../generated/schema-types.ts";
import { runMutations } from "./resolvers/mutations.ts";
import { projectRuns } from "./resolvers/project-runs.ts";
import { projectAggregates } from "./resolvers/run-aggregates.ts";
import { runFields } from "./resolvers/run-fields.ts";
import { runFiles } from "./resolvers/run-files.ts";
import { runHistory } from "./resolvers/run-history.ts";

/** Resolvers of runs. */
export const runResolvers: Pick<Resolvers, "Mutation" | "Project" | "Run"> = {
  Mutation: runMutations,
  Project: { ...projectRuns, ...projectAggregates },
  Run: { ...runFields, ...runHistory, ...runFiles },
};
