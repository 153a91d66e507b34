/** Accounts and keys as the schema shows them. */
import { encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { GenerateApiKeyInput, Resolvers } from "../../generated/schema-types.ts";
import type { ProjectAddress } from "../projects/project-service.ts";

/** What clients read from a user's flags. */
const USER_FLAGS = JSON.stringify({ code_saving_enabled: true });

/** Resolvers of users, their keys, and what changes them. */
export const userResolvers: Pick<Resolvers, "Query" | "Mutation" | "User" | "ApiKey"> = {
  Query: {
    viewer: (_parent, _args, { caller, services }) => services.users.viewer(caller) ?? null,
    users: async (_parent, { query }, { caller, services }) => {
      const users = await services.users.search(caller, query ?? null);
      return { edges: users.map((node) => ({ node })) };
    },
  },
  Mutation: {
    createUser: async (_parent, { input }, { caller, services }) => ({
      user: await services.users.create(caller, { email: input.email, admin: input.admin ?? false }),
    }),
    generateApiKey: async (_parent, { input }, { caller, services }) => {
      const apiKey = await services.keys.generate(caller, {
        description: input.description ?? null,
        username: input.username,
        scope: input.scope,
        expiresAt: input.expiresAt,
        project: toProjectAddress(input),
      });
      return { apiKey };
    },
    deleteApiKey: async (_parent, { input }, { caller, services }) => ({
      success: await services.keys.delete(caller, input.id),
    }),
  },
  User: {
    id: (user) => encodeGlobalId("User", user.id),
    email: (user, _args, { caller, services }) =>
      services.users.canSeePrivate(caller, user) ? user.email : null,
    admin: (user) => user.isAdmin,
    flags: () => USER_FLAGS,
    entity: (user, _args, { caller, services }) => services.entities.defaultOf(caller, user),
    photoUrl: () => null,
    apiKeys: async (user, _args, { caller, services }) => {
      const keys = await services.keys.list(caller, user);
      return keys === undefined ? null : { edges: keys.map((key) => ({ node: { key, text: null } })) };
    },
    teams: async (user, _args, { caller, services }) => {
      const teams = await services.entities.teamsOf(caller, user);
      return { edges: teams.map((node) => ({ node })) };
    },
    organizations: (user, _args, { caller, services }) => services.entities.organizationsOf(caller, user),
  },
  ApiKey: {
    id: ({ key }) => encodeGlobalId("ApiKey", key.id),
    name: ({ key, text }) => text ?? key.mask,
    description: ({ key }) => key.description,
    scope: ({ key }) => key.scope,
    expiresAt: ({ key }) => key.expiresAt,
    createdAt: ({ key }) => key.createdAt,
    isLimitedToProject: ({ key }) => key.projectId !== null,
    project: async ({ key }, _args, { caller, services }) =>
      (await services.keys.projectOf(caller, key)) ?? null,
  },
};

function toProjectAddress({ entityName, projectName }: GenerateApiKeyInput): ProjectAddress | null {
  if (projectName != null) return { entityName: entityName ?? null, projectName };
  if (entityName == null) return null;
  throw new ServerError("invalid_argument", "Name the project, too", { field: "projectName" });
}
