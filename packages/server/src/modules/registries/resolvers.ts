/** Registries as the schema shows them: their members, and what changes them. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Resolvers } from "../../generated/schema-types.ts";
import type { MemberNumbers } from "./registry-member-service.ts";

/** Resolvers of registries. */
export const registryResolvers: Resolvers = {
  Mutation: {
    renameProject: async (_parent, { input }, { caller, services }) => {
      const { entityName, oldProjectName: projectName, newProjectName } = input;
      const project = await services.projects.rename(caller, { entityName, projectName }, newProjectName);
      return { project, inserted: false };
    },
    deleteModel: async (_parent, { input }, { caller, services }) => ({
      success: await services.projects.delete(caller, toNumber(input.id, "Project", "id")),
    }),
    createProjectMembers: async (_parent, { input }, { caller, services }) => {
      await services.registryMembers.add(caller, toProjectNumber(input), toMemberNumbers(input));
      return { success: true };
    },
    deleteProjectMembers: async (_parent, { input }, { caller, services }) => {
      await services.registryMembers.remove(caller, toProjectNumber(input), toMemberNumbers(input));
      return { success: true };
    },
    updateProjectMember: async (_parent, { input }, { caller, services }) => {
      const member = { userId: toNumber(input.userId, "User", "userId") };
      const change = { member, role: input.userProjectRole };
      await services.registryMembers.setRole(caller, toProjectNumber(input), change);
      return { success: true };
    },
    updateProjectTeamMember: async (_parent, { input }, { caller, services }) => {
      const member = { entityId: toNumber(input.teamId, "Entity", "teamId") };
      const change = { member, role: input.teamProjectRole };
      await services.registryMembers.setRole(caller, toProjectNumber(input), change);
      return { success: true };
    },
  },
  Project: {
    allowAllArtifactTypesInRegistry: (project) => project.allowsAllArtifactTypes,
    members: async (project, _args, { caller, services }) => {
      const members = await services.registryMembers.listUsers(caller, project);
      return members.map(({ user, role }) => ({
        id: encodeGlobalId("User", user.id),
        name: user.name,
        username: user.username,
        email: services.users.canSeePrivate(caller, user) ? user.email : null,
        role: { name: role },
      }));
    },
    teamMembers: async (project, _args, { caller, services }) => {
      const teams = await services.registryMembers.listTeams(caller, project);
      return teams.map(({ team, role }) => ({ team, role: { name: role } }));
    },
  },
};

interface MembersInput {
  readonly userIds?: readonly string[] | null;
  readonly teamIds?: readonly string[] | null;
}

function toMemberNumbers({ userIds, teamIds }: MembersInput): MemberNumbers {
  return {
    userIds: (userIds ?? []).map((id) => toNumber(id, "User", "userIds")),
    entityIds: (teamIds ?? []).map((id) => toNumber(id, "Entity", "teamIds")),
  };
}

function toProjectNumber({ projectId }: { readonly projectId: string }): number {
  return toNumber(projectId, "Project", "projectId");
}

/** Throws `invalid_argument` when it is no id, `not_found` when it is the id of something else. */
function toNumber(id: string, expectedType: string, field: string): number {
  const { type, numbers } = decodeGlobalId(id);
  const [number] = numbers;
  if (type === expectedType && numbers.length === 1 && number !== undefined) return number;
  throw new ServerError("not_found", `"${id}" is not the id of a ${expectedType.toLowerCase()}`, { field });
}
