/** Types, collections, members and aliases as the schema shows them. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { ArtifactPortfolioResolvers, Resolvers } from "../../../generated/schema-types.ts";
import type { RequestContext } from "../../../transport/context.ts";
import type { ArtifactCollection, ArtifactType } from "../artifact-collection.ts";
import type { CollectionPage } from "../artifact-collection-store.ts";
import {
  parsePosition,
  toCollectionConnection,
  toFileConnection,
  toListRequest,
  toTypeConnection,
  toVersionConnection,
} from "./pages.ts";
import { findProjectOf } from "./project-of.ts";
import { toCollectionTag } from "./tags.ts";

/** The most that a page holds. */
const MAX_TYPES = 1_000;
/** Older clients' list of sequences is gathered from pages of this size. */
const SEQUENCES_AT_ONCE = 1_000;

/** What sequences and portfolios have in common. */
const collectionFields = {
  project: (collection, _args, context) => findProjectOf(collection, context),
  defaultArtifactType: (collection) => collection.type,
  tags: async (collection, _args, { caller, services }) => {
    const tags = await services.artifacts.collections.listTags(caller, collection);
    return { edges: tags.map((tag) => ({ node: toCollectionTag(tag) })) };
  },
  // What is gone is not found; only the answer of a deletion shows it once more, with a state of its own.
  state: (collection) => ("state" in collection && collection.state === "DELETED" ? "DELETED" : "READY"),
  artifacts: async (collection, args, { caller, services }) =>
    toVersionConnection(
      await services.artifacts.collections.listVersions(caller, collection, toListRequest(args)),
    ),
  aliases: async (collection, { after, first }, { caller, services }) => {
    const request = { after: after ?? null, first: first ?? null };
    const page = await services.artifacts.listAliases(caller, collection, request);
    const edges = page.aliases.map((node) => ({ cursor: node.alias, node }));
    const endCursor = edges.at(-1)?.cursor ?? null;
    return { edges, pageInfo: { endCursor, hasNextPage: page.hasNextPage } };
  },
  artifactMembership: async (collection, { aliasName }, { caller, services }) =>
    (await services.artifacts.findMember(caller, collection, aliasName)) ?? null,
} satisfies Omit<ArtifactPortfolioResolvers, "id">;

/** Resolvers of what groups versions. */
export const collectionResolvers: Pick<
  Resolvers,
  | "ArtifactType"
  | "ArtifactCollection"
  | "ArtifactSequence"
  | "ArtifactPortfolio"
  | "ArtifactCollectionMembership"
  | "ArtifactAlias"
  | "Project"
> = {
  Project: {
    artifactType: async (project, { name }, { caller, services }) =>
      (await services.artifacts.findType(caller, project, name)) ?? null,
    artifactTypes: async (project, { includeAll, after, first }, { caller, services }) => {
      const size = includeAll === true ? MAX_TYPES : null;
      const request = { after: parsePosition(after), first: first ?? size };
      return toTypeConnection(await services.artifacts.collections.listTypes(caller, project, request));
    },
    artifactCollections: async (project, args, { caller, services }) => {
      const of = { projectId: project.id, typeId: null };
      const page = await services.artifacts.collections.list(caller, of, toListRequest(args));
      return toCollectionConnection(page);
    },
    artifactCollection: async (project, { name }, { caller, services }) =>
      (await services.artifacts.findCollection(caller, project.id, name)) ?? null,
    artifact: async (project, { name }, { caller, services }) =>
      (await services.artifacts.findByName(caller, project, name))?.artifact ?? null,
    artifactCollectionMembership: async (project, { name }, { caller, services }) =>
      (await services.artifacts.findByName(caller, project, name)) ?? null,
  },
  ArtifactType: {
    id: (type) => encodeGlobalId("ArtifactType", type.id),
    project: async (type, _args, { caller, services }) =>
      (await services.artifacts.findProject(caller, type)) ?? null,
    artifactCollection: (type, { name }, context) => findOfType(type, name, context),
    artifactCollections: async (type, args, { caller, services }) => {
      const of = { projectId: type.projectId, typeId: type.id };
      const page = await services.artifacts.collections.list(caller, of, toListRequest(args));
      return toCollectionConnection(page);
    },
    artifact: async (type, { name }, { caller, services }) => {
      const project = await services.artifacts.findProject(caller, type);
      const found = project && (await services.artifacts.findByName(caller, project, name));
      return found?.collection.type.id === type.id ? found.artifact : null;
    },
    artifactSequence: async (type, { name }, context) => {
      const collection = await findOfType(type, name, context);
      return collection?.kind === "sequence" ? collection : null;
    },
    artifactSequences: async (type, { after }, { caller, services }) => {
      const of = { projectId: type.projectId, typeId: type.id };
      const sequences: CollectionPage["collections"][number][] = [];
      let position = after === "" ? null : (after ?? null);
      for (;;) {
        const request = { filters: null, order: null, after: position, first: SEQUENCES_AT_ONCE };
        const page = await services.artifacts.collections.list(caller, of, request);
        sequences.push(...page.collections.filter(({ collection }) => collection.kind === "sequence"));
        position = page.collections.at(-1)?.cursor ?? null;
        if (!page.hasNextPage || position === null) break;
      }
      return toCollectionConnection({
        collections: sequences,
        hasNextPage: false,
        totalCount: sequences.length,
      });
    },
  },
  ArtifactCollection: {
    __resolveType: ({ kind }) => (kind === "sequence" ? "ArtifactSequence" : "ArtifactPortfolio"),
  },
  ArtifactSequence: {
    ...collectionFields,
    id: (sequence) => encodeGlobalId("ArtifactSequence", sequence.id),
    ttlDurationSeconds: (sequence) => sequence.ttlSeconds,
    digestAlgorithm: async (sequence, _args, { caller, services }) =>
      (await services.artifacts.findNewest(caller, sequence))?.digestAlgorithm ?? null,
    latestArtifact: async (sequence, _args, { caller, services }) =>
      (await services.artifacts.findNewest(caller, sequence)) ?? null,
  },
  ArtifactPortfolio: {
    ...collectionFields,
    id: (portfolio) => encodeGlobalId("ArtifactPortfolio", portfolio.id),
  },
  ArtifactCollectionMembership: {
    id: (membership) => encodeGlobalId("ArtifactCollectionMembership", membership.id),
    artifactCollection: (membership) => membership.collection,
    files: async ({ artifact, collection }, args, { caller, services, baseUrl }) =>
      toFileConnection(
        await services.artifacts.files.list(caller, artifact, {
          through: collection,
          names: args.names ?? null,
          after: args.after ?? null,
          first: args.first ?? null,
          baseUrl,
        }),
      ),
  },
  ArtifactAlias: {
    id: (alias) => encodeGlobalId("ArtifactAlias", ...alias.idNumbers),
    artifactCollection: (alias) => alias.collection,
    artifactCollectionName: (alias) => alias.collection.name,
  },
};

async function findOfType(
  type: ArtifactType,
  name: string,
  { caller, services }: RequestContext,
): Promise<ArtifactCollection | null> {
  const collection = await services.artifacts.findCollection(caller, type.projectId, name);
  return collection?.type.id === type.id ? collection : null;
}
