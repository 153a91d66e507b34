import type { ProjectRole } from "@steelyard/protocol";
import type { ProjectMember, ProjectTeam } from "./project-member.ts";

/** Users and teams with roles in single projects. */
export interface ProjectMemberStore {
  /** The strongest role that the user has in the project, directly or through teams; undefined without any. */
  roleOf(request: { readonly projectId: number; readonly userId: number }): Promise<ProjectRole | undefined>;
  /** The users of a project, deleted accounts left out, in the order in which they were added. */
  listUsers(request: { readonly projectId: number }): Promise<readonly ProjectMember[]>;
  /** The teams of a project, in the order in which they were added. */
  listTeams(request: { readonly projectId: number }): Promise<readonly ProjectTeam[]>;
  /** Adds users and teams, all or none; those that belong to the project already keep their role. */
  add(request: ProjectMemberChange & { readonly role: ProjectRole; readonly now: string }): Promise<void>;
  /** Removes users and teams, all or none; those that do not belong to the project are passed over. */
  remove(request: ProjectMemberChange): Promise<void>;
  /** Changes the role of a user or a team; false when it does not belong to the project. */
  setRole(request: ProjectRoleChange): Promise<boolean>;
}

/** Users and teams of a project. */
export interface ProjectMemberChange {
  readonly projectId: number;
  readonly userIds: readonly number[];
  /** Entities of teams. */
  readonly entityIds: readonly number[];
}

/** A user or a team and its new role. */
export type ProjectRoleChange = { readonly projectId: number; readonly role: ProjectRole } & (
  { readonly userId: number } | { readonly entityId: number }
);
