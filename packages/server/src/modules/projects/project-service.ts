/** Projects: finding them for those who may see them, creating them on demand, changing and listing them. */
import { DEFAULT_PROJECT } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { missingEntity, missingProject } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Entity } from "../entities/entity.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Project } from "./project.ts";
import type { ProjectCursor, ProjectStore, ProjectUpsert } from "./project-store.ts";
import { checkNewName, checkRegistryFields, refuseLogging } from "./registry.ts";

/** What the service is built from. */
export interface ProjectServiceParts {
  readonly projects: ProjectStore;
  readonly entities: EntityStore;
  readonly access: Access;
  readonly clock: Clock;
}

/** Which project; null or an empty name stands for the default. */
export interface ProjectAddress {
  /** @default the caller's own entity */
  readonly entityName: string | null;
  /** @default uncategorized */
  readonly projectName: string | null;
}

/** What to change of a project; what is undefined is left alone. */
export type ProjectFields = Omit<ProjectUpsert, "entityId" | "name" | "userId" | "now" | "creatorRole">;

/** A page of the projects that the caller may see. */
export interface ProjectPage {
  readonly projects: readonly Project[];
  readonly hasNextPage: boolean;
}

const SCAN_SIZE = 200;

/** Reads and changes projects. */
export class ProjectService {
  readonly #projects: ProjectStore;
  readonly #entities: EntityStore;
  readonly #access: Access;
  readonly #clock: Clock;

  constructor(parts: ProjectServiceParts) {
    this.#projects = parts.projects;
    this.#entities = parts.entities;
    this.#access = parts.access;
    this.#clock = parts.clock;
  }

  /** The project, or undefined when it is missing or the caller may not see it. */
  async find(caller: Caller, address: ProjectAddress): Promise<Project | undefined> {
    const entity = await this.#entity(caller, address.entityName);
    if (entity === undefined) return undefined;
    return this.#visible(caller, await this.#projects.find({ entityId: entity.id, name: nameOf(address) }));
  }

  /** As `find`, by the number that the project's global id holds. */
  async findById(caller: Caller, projectId: number): Promise<Project | undefined> {
    return this.#visible(caller, await this.#projects.find({ projectId }));
  }

  /** As `find`, but throws `not_found`. */
  async require(caller: Caller, address: ProjectAddress): Promise<Project> {
    const project = await this.find(caller, address);
    if (project === undefined) throw missingProject(address.entityName ?? "", nameOf(address));
    return project;
  }

  /**
   * The project to log to, created when it is missing and the caller may create it. What the caller may do in an
   * existing one is not checked here.
   *
   * @throws {ServerError} `unauthenticated`, `not_found` for an unknown entity, `permission_denied`, `invalid_argument`
   *   for a registry.
   */
  async ensure(caller: Caller, address: ProjectAddress): Promise<Project> {
    const { project } = await this.#create(caller, address, {}, { keepExisting: true });
    return project;
  }

  /**
   * Creates a project or changes what is given of an existing one.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` for a bad name.
   */
  async upsert(
    caller: Caller,
    address: ProjectAddress,
    fields: ProjectFields,
  ): Promise<{ readonly project: Project; readonly inserted: boolean }> {
    return this.#create(caller, address, fields, { keepExisting: false });
  }

  /**
   * Gives a registry another name.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` for a bad name,
   *   `already_exists`, `unsupported` for other projects.
   */
  async rename(caller: Caller, address: ProjectAddress, name: string): Promise<Project> {
    const project = await this.require(caller, address);
    await this.#access.requireManageProject(caller, project);
    if (!project.isRegistry) throw new ServerError("unsupported", "Only registries can be renamed");
    const entity = await this.#entity(caller, address.entityName);
    if (entity === undefined) throw missingEntity(address.entityName ?? "");
    checkNewName(entity, name);
    return this.#projects.rename({ projectId: project.id, name, now: this.#clock.now() });
  }

  /**
   * Deletes a project with its portfolios and members, whose versions stay where they were logged.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `conflict` while runs or artifacts are
   *   logged to it.
   */
  async delete(caller: Caller, projectId: number): Promise<boolean> {
    const project = await this.findById(caller, projectId);
    if (project === undefined) throw missingProject("", String(projectId));
    await this.#access.requireManageProject(caller, project);
    return this.#projects.delete({ projectId });
  }

  /** Whether the caller may only read in the project. */
  async isReadOnly(caller: Caller, project: Project): Promise<boolean> {
    return !(await this.#access.canWriteProject(caller, project));
  }

  /** An entity's projects that the caller may see, newest first; undefined when the entity is not to be seen and shows none. */
  async list(
    caller: Caller,
    request: {
      readonly entityName: string | null;
      readonly after: ProjectCursor | null;
      readonly limit: number;
    },
  ): Promise<ProjectPage | undefined> {
    const entity = await this.#entity(caller, request.entityName);
    if (entity === undefined) return undefined;
    const found: Project[] = [];
    let after = request.after;
    for (;;) {
      const batch = await this.#projects.list({ entityId: entity.id, after, limit: SCAN_SIZE });
      for (const project of batch) {
        after = { createdAt: project.createdAt, id: project.id };
        if (await this.#access.canReadProject(caller, project)) found.push(project);
        if (found.length > request.limit)
          return { projects: found.slice(0, request.limit), hasNextPage: true };
      }
      if (batch.length < SCAN_SIZE) break;
    }
    const isHidden = found.length === 0 && !(await this.#access.canReadEntity(caller, entity));
    return isHidden ? undefined : { projects: found, hasNextPage: false };
  }

  async #create(
    caller: Caller,
    address: ProjectAddress,
    fields: ProjectFields,
    mode: { readonly keepExisting: boolean },
  ): Promise<{ readonly project: Project; readonly inserted: boolean }> {
    const user = this.#access.requireUser(caller);
    const entity = await this.#entity(caller, address.entityName);
    if (entity === undefined) throw missingEntity(address.entityName ?? "");
    const name = nameOf(address);
    const existing = await this.#projects.find({ entityId: entity.id, name });
    if (existing === undefined) {
      await this.#access.requireWriteEntity(caller, entity);
      checkNewName(entity, name);
    } else if (mode.keepExisting) {
      await this.#access.requireReadProject(caller, existing);
      refuseLogging(existing);
      return { project: existing, inserted: false };
    } else {
      await this.#access.requireManageProject(caller, existing);
    }
    if (mode.keepExisting && entity.kind === "organization") throw missingProject(entity.name, name);
    return this.#projects.upsert({
      ...fields,
      ...checkRegistryFields(entity, existing, fields),
      ...(entity.kind === "organization" && { creatorRole: "admin" }),
      entityId: entity.id,
      name,
      userId: user.user.id,
      now: this.#clock.now(),
    });
  }

  async #entity(caller: Caller, name: string | null): Promise<Entity | undefined> {
    if (name !== null && name !== "") return this.#entities.find({ name });
    if (caller.kind === "anonymous") return undefined;
    const entity = await this.#entities.find({ entityId: caller.user.defaultEntityId });
    if (entity === undefined) throw new ServerError("internal", `User ${caller.user.id} has no entity`);
    return entity;
  }

  async #visible(caller: Caller, project: Project | undefined): Promise<Project | undefined> {
    if (project === undefined || !(await this.#access.canReadProject(caller, project))) return undefined;
    return project;
  }
}

function nameOf(address: ProjectAddress): string {
  return address.projectName === null || address.projectName === "" ? DEFAULT_PROJECT : address.projectName;
}
