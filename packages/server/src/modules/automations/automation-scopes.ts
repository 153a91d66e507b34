/** What automations watch, for callers: who may see it, and who may have automations there. */
import { ServerError } from "../../errors.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { ArtifactCollection } from "../artifacts/artifact-collection.ts";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Entity } from "../entities/entity.ts";
import type { ProjectStore } from "../projects/project-store.ts";
import type { Project } from "../projects/project.ts";
import type { AutomationScope } from "./automation.ts";

/** What the rules are built from. */
export interface AutomationScopesParts {
  readonly access: Access;
  readonly projects: ProjectStore;
  readonly entities: EntityStore;
  readonly artifacts: Pick<ArtifactStore, "findCollection">;
}

/** A scope with what it stands for. */
export interface ScopeView {
  /** The owner. */
  readonly entity: Entity;
  /** Undefined when the scope is a whole entity. */
  readonly project: Project | undefined;
  /** Undefined unless the scope is a collection. */
  readonly collection: ArtifactCollection | undefined;
}

/** Finds scopes. */
export class AutomationScopes {
  readonly #parts: AutomationScopesParts;

  constructor(parts: AutomationScopesParts) {
    this.#parts = parts;
  }

  /** A scope; undefined when it is gone, or the caller may not know what is watched there. */
  async find(caller: Caller, scope: AutomationScope): Promise<ScopeView | undefined> {
    const { access } = this.#parts;
    const view = await this.#load(scope);
    if (view === undefined) return undefined;
    if (view.project !== undefined && !(await access.canReadProject(caller, view.project))) return undefined;
    // Whoever may read a public project need not know whom its owners tell what.
    return (await access.canReadEntity(caller, view.entity)) ? view : undefined;
  }

  /**
   * A scope in which the caller may have automations: a project by those who may change it, an entity by its admins,
   * since automations there see every project of it.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `unsupported` for a user's own entity.
   */
  async requireChange(caller: Caller, scope: AutomationScope): Promise<ScopeView> {
    const { access } = this.#parts;
    const view = await this.find(caller, scope);
    if (view === undefined) {
      throw new ServerError("not_found", "There is no such scope for an automation", { field: "scopeID" });
    }
    if (view.project !== undefined) await access.requireManageProject(caller, view.project);
    else await access.requireEntityAdmin(caller, view.entity);
    if (scope.type === "ENTITY" && view.entity.kind === "user") {
      const message = "An automation watches a team or an organization, or one project; a user has projects";
      throw new ServerError("unsupported", message, { field: "scopeID" });
    }
    return view;
  }

  async #load({ type, id }: AutomationScope): Promise<ScopeView | undefined> {
    if (type === "ENTITY") {
      const entity = await this.#parts.entities.find({ entityId: id });
      return entity && { entity, project: undefined, collection: undefined };
    }
    const collection =
      type === "ARTIFACT_COLLECTION"
        ? await this.#parts.artifacts.findCollection({ collectionId: id })
        : undefined;
    if (type === "ARTIFACT_COLLECTION" && collection === undefined) return undefined;
    const projectId = collection?.projectId ?? id;
    const project = await this.#parts.projects.find({ projectId });
    const entity = project && (await this.#parts.entities.find({ entityId: project.entityId }));
    return entity && { entity, project, collection };
  }
}
