/** Accounts and keys as the schema shows them. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { Resolvers, ApiKey as ApiKeyNode } from "../../generated/schema-types.ts";
import type { ApiKey } from "./api-key.ts";

/** What clients read from a user's flags. */
const USER_FLAGS = JSON.stringify({ code_saving_enabled: true });

/** Resolvers of users, their keys, and what changes them. */
export const userResolvers: Pick<Resolvers, "Query" | "Mutation" | "User"> = {
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
      const { key, text } = await services.users.generateApiKey(caller, {
        description: input.description ?? null,
      });
      return { apiKey: { ...toApiKeyNode(key), name: text } };
    },
    deleteApiKey: async (_parent, { input }, { caller, services }) => ({
      success: await services.users.deleteApiKey(caller, input.id),
    }),
  },
  User: {
    id: (user) => encodeGlobalId("User", user.id),
    email: (user, _args, { caller, services }) =>
      services.users.canSeePrivate(caller, user) ? user.email : null,
    admin: (user) => user.isAdmin,
    flags: () => USER_FLAGS,
    entity: (user) => user.username,
    photoUrl: () => null,
    apiKeys: async (user, _args, { caller, services }) => {
      const keys = await services.users.keys(caller, user);
      return keys === undefined ? null : { edges: keys.map((key) => ({ node: toApiKeyNode(key) })) };
    },
    teams: async (user, _args, { caller, services }) => {
      const teams = await services.entities.teamsOf(caller, user);
      return { edges: teams.map((node) => ({ node })) };
    },
    organizations: (user, _args, { caller, services }) => services.entities.organizationsOf(caller, user),
  },
};

function toApiKeyNode(key: ApiKey): ApiKeyNode {
  return { id: encodeGlobalId("ApiKey", key.id), name: key.mask, description: key.description };
}
