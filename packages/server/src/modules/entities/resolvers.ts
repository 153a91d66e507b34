/** Entities, teams and organizations as the schema shows them. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { Resolvers } from "../../generated/schema-types.ts";
import {
  toCollectionConnection,
  toListRequest,
  toMembershipConnection,
} from "../artifacts/resolvers/pages.ts";
import { toProjectConnection } from "../projects/project-connection.ts";
import type { ProjectConnectionPage } from "../projects/project-connection.ts";
import type { CollectionKind } from "../artifacts/artifact-collection.ts";
import type { RegistryPage } from "../registries/registry-search-service.ts";

/** Resolvers of entities and organizations. */
export const entityResolvers: Pick<Resolvers, "Query" | "Entity" | "Organization"> = {
  Query: {
    entity: async (_parent, args, { caller, services }) =>
      (await services.entities.find(caller, args.name ?? null)) ?? null,
    organization: async (_parent, args, { caller, services }) =>
      (await services.entities.findOrganization(caller, args.name)) ?? null,
  },
  Entity: {
    id: (entity) => encodeGlobalId("Entity", entity.id),
    available: () => false,
    photoUrl: () => null,
    readOnly: async (entity, _args, { caller, services }) =>
      !(await services.entities.canWrite(caller, entity)),
    readOnlyAdmin: () => false,
    isTeam: (entity) => entity.kind === "team",
    entityType: (entity) => entity.kind,
    privateOnly: () => false,
    storageBytes: (entity, _args, { caller, services }) => services.entities.storageBytes(caller, entity),
    xxhashDigestsEnabled: () => true,
    codeSavingEnabled: () => true,
    defaultAccess: () => "PRIVATE",
    isPaid: () => true,
    limits: () => null,
    members: (entity, _args, { caller, services }) => services.teams.listMembers(caller, entity),
    organization: async (entity, _args, { caller, services }) =>
      (await services.entities.organizationOf(caller, entity)) ?? null,
    user: async (entity, _args, { caller, services }) =>
      entity.kind === "user" ? ((await services.users.ownerOf(caller, entity)) ?? null) : null,
    project: async (entity, args, { caller, services }) =>
      (await services.projects.find(caller, { entityName: entity.name, projectName: args.name ?? null })) ??
      null,
    projects: async (entity, args, { caller, services }) => {
      const request = toListRequest(args);
      if (request.filters !== null || request.order !== null) {
        return toRegistryConnection(await services.registrySearch.listRegistries(caller, entity, request));
      }
      return toProjectConnection(args, (page) =>
        services.projects.list(caller, { ...page, entityName: entity.name }),
      );
    },
    artifactCollections: async (entity, args, { caller, services }) => {
      const request = { ...toListRequest(args), registryFilters: args.projectFilters ?? null };
      const kinds = (args.collectionTypes ?? ["SEQUENCE", "PORTFOLIO"]).map(toCollectionKind);
      return toCollectionConnection(
        await services.registrySearch.searchCollections(caller, entity, { ...request, kinds }),
      );
    },
    artifactMemberships: async (entity, args, { caller, services }) => {
      const { projectFilters: registryFilters = null, collectionFilters = null } = args;
      const request = { ...toListRequest(args), registryFilters, collectionFilters };
      return toMembershipConnection(await services.registrySearch.searchVersions(caller, entity, request));
    },
  },
  Organization: {
    id: (organization) => encodeGlobalId("Organization", organization.id),
    orgEntity: (organization, _args, { caller, services }) => services.entities.ownerOf(caller, organization),
    advancedRegistryFeatures: () => ({ advancedSearch: true }),
    coreWeaveOrganizationId: () => null,
    featureFlags: () => [],
  },
};

function toCollectionKind(type: "SEQUENCE" | "PORTFOLIO"): CollectionKind {
  return type === "SEQUENCE" ? "sequence" : "portfolio";
}

function toRegistryConnection({ registries, hasNextPage }: RegistryPage): ProjectConnectionPage {
  const edges = registries.map(({ cursor, project }) => ({ cursor, node: project }));
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage } };
}
