/**
 * Who may do what. What a caller may not see answers as if it were missing; what may be seen but not changed is
 * `permission_denied`. A key's scope and its only project limit its user's rights and never extend them.
 */
import { PROJECT_ROLES } from "@steelyard/protocol";
import type { ProjectRole } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Entity, MemberRole } from "../entities/entity.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectMemberStore } from "../projects/project-member-store.ts";
import type { ProjectStore } from "../projects/project-store.ts";
import { API_KEY_SCOPES } from "../users/api-key.ts";
import type { ApiKeyScope } from "../users/api-key.ts";
import type { Caller, UserCaller } from "./caller.ts";

interface Standing {
  /** What there is. */
  readonly canRead: boolean;
  /** What is in it: files of artifacts. */
  readonly canOpen: boolean;
  /** What is in the project. */
  readonly canChange: boolean;
  /** The project itself. */
  readonly canManage: boolean;
  /** Who may do what in the project. */
  readonly canAdminister: boolean;
}

/** What the rules are built from. */
export interface AccessParts {
  readonly entities: EntityStore;
  readonly projects: ProjectStore;
  readonly members: ProjectMemberStore;
}

const NOTHING: Standing = {
  canRead: false,
  canOpen: false,
  canChange: false,
  canManage: false,
  canAdminister: false,
};

/** The rules of permission, asked by every service. */
export class Access {
  readonly #entities: EntityStore;
  readonly #projects: ProjectStore;
  readonly #members: ProjectMemberStore;

  constructor({ entities, projects, members }: AccessParts) {
    this.#entities = entities;
    this.#projects = projects;
    this.#members = members;
  }

  /** The caller as a signed-in user. Throws `unauthenticated` when there is none. */
  requireUser(caller: Caller): UserCaller {
    if (caller.kind === "user") return caller;
    throw new ServerError("unauthenticated", "Sign in with an API key to do this");
  }

  /** The caller's user when the key reaches `scope`. Throws `unauthenticated` or `permission_denied`. */
  requireScope(caller: Caller, scope: ApiKeyScope): UserCaller {
    const user = this.requireUser(caller);
    if (reaches(user, scope)) return user;
    throw new ServerError(
      "permission_denied",
      `This API key has the scope "${user.scope}"; "${scope}" is needed`,
    );
  }

  /** Whether the caller administers the whole server with a key that may. */
  isAdmin(caller: Caller): boolean {
    return (
      caller.kind === "user" &&
      caller.user.isAdmin &&
      caller.scope === "admin" &&
      caller.onlyProjectId === null
    );
  }

  /** Throws `unauthenticated` or `permission_denied` unless the caller administers the whole server. */
  requireAdmin(caller: Caller): UserCaller {
    const user = this.requireUser(caller);
    if (this.isAdmin(user)) return user;
    throw new ServerError(
      "permission_denied",
      "Only an administrator, with a key of the scope admin, may do this",
    );
  }

  /** The caller's role in an entity: admin in a person's own one; undefined when there is none. */
  async roleIn(caller: Caller, entityId: number): Promise<MemberRole | undefined> {
    if (caller.kind === "anonymous") return undefined;
    if (caller.user.entityId === entityId && caller.user.accountType === "USER") return "admin";
    const roles = await this.#entities.rolesOf({ userId: caller.user.id });
    return roles.find((role) => role.entityId === entityId)?.role;
  }

  /** Whether the caller may know that the entity exists: its members, its organization's admins, administrators. */
  async canReadEntity(caller: Caller, entity: Entity): Promise<boolean> {
    if (caller.kind === "anonymous" || !keyCovers(caller, null)) return this.#ownsOnlyProject(caller, entity);
    return this.isAdmin(caller) || (await this.#rank(caller, entity)) !== undefined;
  }

  /** Whether the caller may create projects in the entity. */
  async canWriteEntity(caller: Caller, entity: Entity): Promise<boolean> {
    if (caller.kind === "anonymous" || !keyCovers(caller, null) || !reaches(caller, "write")) return false;
    return this.isAdmin(caller) || isWriter(await this.#rank(caller, entity));
  }

  /** Throws `unauthenticated`, `not_found` or `permission_denied` unless the caller may create projects there. */
  async requireWriteEntity(caller: Caller, entity: Entity): Promise<void> {
    this.requireUser(caller);
    if (await this.canWriteEntity(caller, entity)) return;
    if (!(await this.canReadEntity(caller, entity))) throw missingEntity(entity.name);
    this.requireScope(caller, "write");
    throw new ServerError("permission_denied", `You may not create projects in "${entity.name}"`);
  }

  /** Whether the caller administers the entity, with a key that may: its admins, its organization's, the server's. */
  async canAdministerEntity(caller: Caller, entity: Entity): Promise<boolean> {
    if (caller.kind === "anonymous" || !reaches(caller, "admin") || !keyCovers(caller, null)) return false;
    if (this.isAdmin(caller) || (await this.roleIn(caller, entity.id)) === "admin") return true;
    return (await this.#organizationRole(caller, entity)) === "admin";
  }

  /** Throws `unauthenticated`, `not_found` or `permission_denied` unless the caller administers the entity. */
  async requireEntityAdmin(caller: Caller, entity: Entity): Promise<void> {
    const user = this.requireUser(caller);
    if (await this.canAdministerEntity(user, entity)) return;
    if (!(await this.canReadEntity(user, entity))) throw missingEntity(entity.name);
    this.requireScope(user, "admin");
    throw new ServerError("permission_denied", `Only administrators of "${entity.name}" may do this`);
  }

  /** Whether the caller may see the project and all that is in it. */
  async canReadProject(caller: Caller, project: Project): Promise<boolean> {
    return (await this.#standing(caller, project)).canRead;
  }

  /** Whether the caller may read the files of artifacts in the project, which restricted viewers may not. */
  async canOpenProject(caller: Caller, project: Project): Promise<boolean> {
    return (await this.#standing(caller, project)).canOpen;
  }

  /** Throws `not_found` unless the caller may see the project. */
  async requireReadProject(caller: Caller, project: Project): Promise<void> {
    if (!(await this.canReadProject(caller, project))) throw missingProject(project.entityName, project.name);
  }

  /** Whether the caller may change runs, files and artifacts of the project. */
  async canWriteProject(caller: Caller, project: Project): Promise<boolean> {
    return reaches(caller, "write") && (await this.#standing(caller, project)).canChange;
  }

  /** As `canWriteProject`, and content with a key that may only append. */
  async canAppendProject(caller: Caller, project: Project): Promise<boolean> {
    return reaches(caller, "append") && (await this.#standing(caller, project)).canChange;
  }

  /** Throws `unauthenticated`, `not_found` or `permission_denied` unless the caller may change what is in the project. */
  async requireWriteProject(caller: Caller, project: Project): Promise<void> {
    await this.#requireChange(caller, project, "write");
  }

  /** As `requireWriteProject`, and content with a key that may only append to runs. */
  async requireAppendProject(caller: Caller, project: Project): Promise<void> {
    await this.#requireChange(caller, project, "append");
  }

  /**
   * As `requireWriteProject`, for the project itself: strangers may write in an open project but not change it, and of
   * those who may write in a registry only its admins may.
   */
  async requireManageProject(caller: Caller, project: Project): Promise<void> {
    const standing = await this.#requireChange(caller, project, "write");
    if (!standing.canManage) throw deniedProject(project);
  }

  /** As `requireManageProject`, for who may do what in it: of writers only admins and the creator may say so. */
  async requireProjectAdmin(caller: Caller, project: Project): Promise<void> {
    const standing = await this.#requireChange(caller, project, "write");
    if (!standing.canAdminister) throw deniedProject(project);
  }

  async #requireChange(caller: Caller, project: Project, scope: ApiKeyScope): Promise<Standing> {
    const standing = await this.#standing(caller, project);
    if (!standing.canRead) throw missingProject(project.entityName, project.name);
    this.requireScope(caller, scope);
    if (!standing.canChange) throw deniedProject(project);
    return standing;
  }

  /** What the project's access and the caller's role allow, whatever the scope of the key. */
  async #standing(caller: Caller, project: Project): Promise<Standing> {
    if (!keyCovers(caller, project.id)) return NOTHING;
    const role = await this.#projectRole(caller, project);
    const isOpen = isPublic(project);
    return {
      canRead: isOpen || role !== undefined,
      canOpen: isOpen || (role !== undefined && role !== "restricted_viewer"),
      canChange: isWriter(role) || (project.access === "USER_WRITE" && caller.kind === "user"),
      canManage: project.isRegistry ? role === "admin" : isWriter(role),
      canAdminister:
        role === "admin" || (!project.isRegistry && isWriter(role) && isCreator(caller, project)),
    };
  }

  /** The strongest of the roles that the entity and the project's own members give. */
  async #projectRole(caller: Caller, project: Project): Promise<ProjectRole | undefined> {
    if (caller.kind === "anonymous") return undefined;
    if (this.#isServerAdmin(caller)) return "admin";
    const inherited = inheritedRole(caller, project, await this.roleIn(caller, project.entityId));
    // Writers of an ordinary project cannot gain anything more, and they are asked about with every line they log.
    if (inherited === "admin" || (isWriter(inherited) && !project.isRegistry)) return inherited;
    const own = await this.#members.roleOf({ projectId: project.id, userId: caller.user.id });
    return PROJECT_ROLES.find((role) => role === inherited || role === own);
  }

  /** An administrator's reach, which a key for one project keeps inside that project. */
  #isServerAdmin(caller: Caller): boolean {
    return caller.kind === "user" && caller.user.isAdmin && caller.scope === "admin";
  }

  /** The role in the entity; an admin of its organization sees a team as a viewer does. */
  async #rank(caller: UserCaller, entity: Entity): Promise<MemberRole | undefined> {
    const role = await this.roleIn(caller, entity.id);
    if (role !== undefined) return role;
    return (await this.#organizationRole(caller, entity)) === "admin" ? "viewer" : undefined;
  }

  async #organizationRole(caller: UserCaller, entity: Entity): Promise<MemberRole | undefined> {
    if (entity.organizationId === null) return undefined;
    const organization = await this.#entities.findOrganization({ organizationId: entity.organizationId });
    return organization && this.roleIn(caller, organization.entityId);
  }

  /** A key for one project still has to name the project's entity. */
  async #ownsOnlyProject(caller: Caller, entity: Entity): Promise<boolean> {
    if (caller.kind === "anonymous" || caller.onlyProjectId === null) return false;
    const project = await this.#projects.find({ projectId: caller.onlyProjectId });
    return project?.entityId === entity.id;
  }
}

/** The answer for an entity that is not there or may not be seen. */
export function missingEntity(name: string): ServerError {
  return new ServerError("not_found", `Entity "${name}" not found`, { field: "entityName" });
}

/** The answer for a project that is not there or may not be seen. */
export function missingProject(entityName: string, projectName: string): ServerError {
  return new ServerError("not_found", `Project "${entityName}/${projectName}" not found`, {
    field: "projectName",
  });
}

function deniedProject(project: Project): ServerError {
  return new ServerError("permission_denied", `You may not change "${project.entityName}/${project.name}"`);
}

function keyCovers(caller: Caller, projectId: number | null): boolean {
  return caller.kind === "anonymous" || caller.onlyProjectId === null || caller.onlyProjectId === projectId;
}

function reaches(caller: Caller, scope: ApiKeyScope): boolean {
  return caller.kind === "user" && API_KEY_SCOPES.indexOf(caller.scope) >= API_KEY_SCOPES.indexOf(scope);
}

function isPublic(project: Project): boolean {
  return project.access === "USER_READ" || project.access === "USER_WRITE";
}

/**
 * What the role in the entity is worth in the project. A registry is open for reading to the whole organization unless
 * it is restricted, and to be changed only by those whom its own members list says.
 */
function inheritedRole(
  caller: UserCaller,
  project: Project,
  role: MemberRole | undefined,
): MemberRole | undefined {
  if (role === "admin" || role === undefined) return role;
  if (project.access === "RESTRICTED")
    return !project.isRegistry && isCreator(caller, project) ? role : undefined;
  return project.isRegistry ? "viewer" : role;
}

function isWriter(role: ProjectRole | undefined): boolean {
  return role === "admin" || role === "member";
}

function isCreator(caller: Caller, project: Project): boolean {
  return caller.kind === "user" && caller.user.id === project.createdByUserId;
}
