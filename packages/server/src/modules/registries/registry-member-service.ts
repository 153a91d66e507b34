/** Who belongs to a registry or restricted project: reading it for those who see the project, changing it for admins. */
import { PROJECT_ROLES, isProjectRole } from "@steelyard/protocol";
import type { ProjectRole } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { missingProject } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Entity } from "../entities/entity.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectMemberStore } from "../projects/project-member-store.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { User } from "../users/user.ts";
import type { UserStore } from "../users/user-store.ts";

/** What the service is built from. */
export interface RegistryMemberServiceParts {
  readonly members: ProjectMemberStore;
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly clock: Clock;
}

/** A user with a role in a project. */
export interface UserWithRole {
  readonly user: User;
  readonly role: ProjectRole;
}

/** A team with a role in a project. */
export interface TeamWithRole {
  readonly team: Entity;
  readonly role: ProjectRole;
}

/** Users and teams, by number. */
export interface MemberNumbers {
  readonly userIds: readonly number[];
  readonly entityIds: readonly number[];
}

const MAX_MEMBERS = 1_000;

/** Reads and changes the members of registries and restricted projects. */
export class RegistryMemberService {
  readonly #parts: RegistryMemberServiceParts;

  constructor(parts: RegistryMemberServiceParts) {
    this.#parts = parts;
  }

  /** The users with a role of their own in a project. Throws `not_found` when the caller may not see it. */
  async listUsers(caller: Caller, project: Project): Promise<readonly UserWithRole[]> {
    await this.#parts.access.requireReadProject(caller, project);
    const members = await this.#parts.members.listUsers({ projectId: project.id });
    const found = await Promise.all(
      members.map(async ({ userId, role }) => ({ user: await this.#parts.users.find({ userId }), role })),
    );
    return found.flatMap(({ user, role }) => (user === undefined ? [] : [{ user, role }]));
  }

  /** The teams with a role of their own in a project. Throws `not_found` when the caller may not see it. */
  async listTeams(caller: Caller, project: Project): Promise<readonly TeamWithRole[]> {
    await this.#parts.access.requireReadProject(caller, project);
    const teams = await this.#parts.members.listTeams({ projectId: project.id });
    const found = await Promise.all(
      teams.map(async ({ entityId, role }) => ({
        team: await this.#parts.entities.find({ entityId }),
        role,
      })),
    );
    return found.flatMap(({ team, role }) => (team === undefined ? [] : [{ team, role }]));
  }

  /**
   * Adds users and teams as viewers; those who belong to the project already keep their role.
   *
   * @throws {ServerError} `unauthenticated`, `not_found` for project, user or team, `permission_denied`,
   *   `invalid_argument` for somebody outside the registry's organization.
   */
  async add(caller: Caller, projectId: number, members: MemberNumbers): Promise<void> {
    const project = await this.#requireAdmin(caller, projectId, members);
    const organizationId = project.isRegistry ? await this.#organizationOf(project) : undefined;
    for (const userId of members.userIds) await this.#checkUser(userId, organizationId);
    for (const entityId of members.entityIds) await this.#checkTeam(entityId, organizationId);
    await this.#parts.members.add({ projectId, ...members, role: "viewer", now: this.#parts.clock.now() });
  }

  /** Removes users and teams. Throws `unauthenticated`, `not_found` or `permission_denied`. */
  async remove(caller: Caller, projectId: number, members: MemberNumbers): Promise<void> {
    await this.#requireAdmin(caller, projectId, members);
    await this.#parts.members.remove({ projectId, ...members });
  }

  /**
   * Changes the role of one user or team.
   *
   * @throws {ServerError} `unauthenticated`, `permission_denied`, `invalid_argument` for an unknown role, `not_found`
   *   for a project that is not to be seen or somebody who does not belong to it.
   */
  async setRole(
    caller: Caller,
    projectId: number,
    change: {
      readonly member: { readonly userId: number } | { readonly entityId: number };
      readonly role: string;
    },
  ): Promise<void> {
    await this.#requireAdmin(caller, projectId, { userIds: [], entityIds: [] });
    const { member, role } = change;
    if (!isProjectRole(role)) {
      const message = `The role is ${JSON.stringify(role)}; expected one of ${PROJECT_ROLES.join(", ")}`;
      throw new ServerError("invalid_argument", message, { field: "role" });
    }
    if (await this.#parts.members.setRole({ projectId, role, ...member })) return;
    throw new ServerError("not_found", "There is no such member; add it first");
  }

  async #requireAdmin(caller: Caller, projectId: number, members: MemberNumbers): Promise<Project> {
    const project = await this.#parts.projects.findById(caller, projectId);
    if (project === undefined) throw missingProject("", String(projectId));
    await this.#parts.access.requireProjectAdmin(caller, project);
    if (members.userIds.length + members.entityIds.length <= MAX_MEMBERS) return project;
    throw new ServerError("invalid_argument", `At most ${MAX_MEMBERS} members at once`);
  }

  async #organizationOf(project: Project): Promise<number | null> {
    return (await this.#parts.entities.find({ entityId: project.entityId }))?.organizationId ?? null;
  }

  async #checkUser(userId: number, organizationId: number | null | undefined): Promise<void> {
    const user = await this.#parts.users.find({ userId });
    if (user === undefined) throw new ServerError("not_found", "There is no such user", { field: "userIds" });
    if (organizationId === undefined) return;
    const organizations = await this.#parts.entities.organizationsOf({ userId });
    if (organizations.some((organization) => organization.id === organizationId)) return;
    throw outsider(user.username, "userIds");
  }

  async #checkTeam(entityId: number, organizationId: number | null | undefined): Promise<void> {
    const team = await this.#parts.entities.find({ entityId });
    if (team?.kind !== "team") {
      throw new ServerError("not_found", "There is no such team", { field: "teamIds" });
    }
    if (organizationId !== undefined && team.organizationId !== organizationId)
      throw outsider(team.name, "teamIds");
  }
}

function outsider(name: string, field: string): ServerError {
  return new ServerError("invalid_argument", `"${name}" does not belong to the registry's organization`, {
    field,
  });
}
