/** Teams, their members and service accounts as the schema shows them. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Resolvers } from "../../generated/schema-types.ts";

/** Resolvers of what changes teams, and of their members. */
export const teamResolvers: Pick<Resolvers, "Mutation" | "Member" | "CreateServiceAccountPayload"> = {
  Mutation: {
    createTeam: async (_parent, { input }, { caller, services }) => ({
      entity: await services.teams.create(caller, {
        name: input.teamName,
        adminUsername: input.teamAdminUserName ?? null,
        organization: input.organization ?? null,
      }),
    }),
    createServiceAccount: async (_parent, { input }, { caller, services }) => {
      const { user, key } = await services.teams.createServiceAccount(caller, {
        teamName: input.entityName,
        description: input.description,
        scope: input.scope,
        expiresAt: input.expiresAt,
        projectName: input.projectName,
      });
      return { user, apiKey: key };
    },
    updateTeamMember: async (_parent, { input }, { caller, services }) => {
      const { type, numbers } = decodeGlobalId(input.userId);
      const [userId] = numbers;
      if (type !== "User" || userId === undefined) {
        throw new ServerError("invalid_argument", "userId is no id of a user", { field: "userId" });
      }
      await services.teams.setRole(caller, { teamName: input.entityName, userId, role: input.role });
      return { success: true };
    },
  },
  CreateServiceAccountPayload: {
    // Only an answer that carries the key takes it away from the maker's next list of members.
    apiKey: ({ apiKey }, _args, { caller, services }) => {
      if (apiKey?.text == null) return null;
      return { key: apiKey.key, text: services.teams.takeKey(caller, apiKey.key) ?? null };
    },
  },
  Member: {
    id: (member) =>
      member.kind === "user"
        ? encodeGlobalId("User", member.user.id)
        : encodeGlobalId("Invite", member.invite.id),
    name: (member) => (member.kind === "user" ? member.user.name : (member.invite.email ?? "")),
    username: (member) => (member.kind === "user" ? member.user.username : null),
    email: (member) => (member.kind === "user" ? member.user.email : member.invite.email),
    admin: (member) => (member.kind === "user" ? member.role : member.invite.role) === "admin",
    pending: (member) => member.kind === "invite",
    role: (member) => (member.kind === "user" ? member.role : member.invite.role),
    photoUrl: () => null,
    accountType: (member) => (member.kind === "user" ? member.user.accountType : null),
    apiKey: (member, _args, { caller, services }) => services.teams.keyOf(caller, member),
  },
};
