/** Invitations as the schema shows them. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Resolvers } from "../../generated/schema-types.ts";

/** Resolvers of invitations. */
export const inviteResolvers: Pick<Resolvers, "Query" | "Mutation" | "Invite"> = {
  Query: {
    invites: async (_parent, args, context) => {
      const invites = await context.services.invites.list(context.caller, args.entityName ?? null);
      return invites.map((invite) => ({ kind: "invited", invite }) as const);
    },
  },
  Mutation: {
    createInvite: async (_parent, { input }, context) =>
      context.services.invites.create(context.caller, {
        teamName: input.entityName ?? null,
        email: input.email ?? null,
        username: input.username ?? null,
        role: input.role ?? (input.admin === true ? "admin" : "member"),
        baseUrl: context.baseUrl,
      }),
    renewInvite: async (_parent, { input }, context) => {
      const inviteId = readInviteId(input.id);
      if (inviteId === undefined) throw badId();
      return context.services.invites.renew(context.caller, inviteId, context.baseUrl);
    },
    deleteInvite: async (_parent, { input }, { caller, services }) => {
      const id = input.id ?? "";
      const inviteId = readInviteId(id);
      if (inviteId !== undefined) return { success: await services.invites.withdraw(caller, inviteId) };
      const { type, numbers } = decodeGlobalId(id);
      const [userId] = numbers;
      if (type !== "User" || userId === undefined) throw badId();
      return {
        success: await services.teams.remove(caller, { teamName: input.entityName ?? "", userId }),
      };
    },
  },
  Invite: {
    id: (shown) =>
      shown.kind === "invited"
        ? encodeGlobalId("Invite", shown.invite.id)
        : encodeGlobalId("User", shown.user.id),
    name: async (shown, _args, { caller, services }) => {
      const user = shown.kind === "joined" ? shown.user : await services.invites.userOf(caller, shown.invite);
      return user?.name ?? (shown.kind === "invited" ? shown.invite.email : null) ?? "";
    },
    email: (shown, _args, { caller, services }) => {
      if (shown.kind === "invited") return shown.invite.email;
      return services.users.canSeePrivate(caller, shown.user) ? shown.user.email : null;
    },
    createdAt: (shown) => (shown.kind === "invited" ? shown.invite.createdAt : shown.joinedAt),
    expiresAt: (shown) => (shown.kind === "invited" ? shown.invite.expiresAt : null),
    role: (shown) => (shown.kind === "invited" ? shown.invite.role : shown.role),
    entityName: async (shown, _args, { caller, services }) => {
      if (shown.kind === "joined") return shown.team.name;
      return (await services.invites.teamOf(caller, shown.invite))?.name ?? null;
    },
    toUser: async (shown, _args, { caller, services }) => {
      if (shown.kind === "joined") return shown.user;
      return (await services.invites.userOf(caller, shown.invite)) ?? null;
    },
  },
};

function readInviteId(id: string): number | undefined {
  const { type, numbers } = decodeGlobalId(id);
  return type === "Invite" ? numbers[0] : undefined;
}

function badId(): ServerError {
  return new ServerError("invalid_argument", "This is no id of a member or invitation", { field: "id" });
}
