/** The projects of events with their owners, looked up once a batch. */
import type { EntityStore } from "../../entities/entity-store.ts";
import type { ProjectStore } from "../../projects/project-store.ts";
import type { Project } from "../../projects/project.ts";

/** A project and the entities whose automations watch it. */
export interface ProjectPlace {
  readonly project: Project;
  readonly entityIds: readonly number[];
}

/** What places are looked up with. */
export interface ProjectPlacesParts {
  readonly projects: Pick<ProjectStore, "find">;
  readonly entities: Pick<EntityStore, "find" | "findOrganization">;
}

/** Looks places up. */
export class ProjectPlaces {
  readonly #parts: ProjectPlacesParts;
  readonly #known = new Map<number, Promise<ProjectPlace | undefined>>();

  constructor(parts: ProjectPlacesParts) {
    this.#parts = parts;
  }

  /** A project's place; undefined when it is gone. */
  find(projectId: number): Promise<ProjectPlace | undefined> {
    let place = this.#known.get(projectId);
    if (place === undefined) {
      place = this.#load(projectId);
      this.#known.set(projectId, place);
    }
    return place;
  }

  async #load(projectId: number): Promise<ProjectPlace | undefined> {
    const project = await this.#parts.projects.find({ projectId });
    const owner = project && (await this.#parts.entities.find({ entityId: project.entityId }));
    if (project === undefined || owner === undefined) return undefined;
    const { organizationId } = owner;
    const organization =
      organizationId === null ? undefined : await this.#parts.entities.findOrganization({ organizationId });
    return { project, entityIds: [owner.id, ...(organization === undefined ? [] : [organization.entityId])] };
  }
}
