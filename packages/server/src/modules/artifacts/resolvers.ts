/** Artifacts as the schema shows them. */
import type { Resolvers } from "../../generated/schema-types.ts";
import { versionResolvers } from "./resolvers/artifacts.ts";
import { collectionResolvers } from "./resolvers/collections.ts";
import { artifactMutations } from "./resolvers/mutations.ts";

/** Resolvers of artifacts. */
export const artifactResolvers: Resolvers = {
  ...versionResolvers,
  ...collectionResolvers,
  ...artifactMutations,
};
