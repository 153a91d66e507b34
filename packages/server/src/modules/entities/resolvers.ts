/** Entities, teams and organizations as the schema shows them. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { Resolvers, Member as MemberNode } from "../../generated/schema-types.ts";
import { toProjectConnection } from "../projects/project-connection.ts";
import type { Member } from "./entity-service.ts";

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
    members: async (entity, _args, { caller, services }) =>
      (await services.entities.members(caller, entity)).map(toMemberNode),
    organization: async (entity, _args, { caller, services }) =>
      (await services.entities.organizationOf(caller, entity)) ?? null,
    user: async (entity, _args, { caller, services }) =>
      entity.kind === "user" ? ((await services.users.ownerOf(caller, entity)) ?? null) : null,
    project: async (entity, args, { caller, services }) =>
      (await services.projects.find(caller, { entityName: entity.name, projectName: args.name ?? null })) ??
      null,
    projects: (entity, args, { caller, services }) =>
      toProjectConnection(args, (request) =>
        services.projects.list(caller, { ...request, entityName: entity.name }),
      ),
  },
  Organization: {
    id: (organization) => encodeGlobalId("Organization", organization.id),
    orgEntity: (organization, _args, { caller, services }) => services.entities.ownerOf(caller, organization),
    coreWeaveOrganizationId: () => null,
    featureFlags: () => [],
  },
};

function toMemberNode({ user, role }: Member): MemberNode {
  return {
    id: encodeGlobalId("User", user.id),
    name: user.name,
    username: user.username,
    email: user.email,
    admin: role === "admin",
    pending: false,
    role,
    photoUrl: null,
    accountType: user.accountType,
    apiKey: null,
  };
}
