import type { ProjectRole } from "@steelyard/protocol";
import type { Project, ProjectAccess } from "./project.ts";

/** Projects by entity and name. */
export interface ProjectStore {
  /** Creates the project or changes what is given of the existing one, atomically by (entityId, name). */
  upsert(project: ProjectUpsert): Promise<{ readonly project: Project; readonly inserted: boolean }>;
  /**
   * Gives a project another name. Throws `not_found`, and `already_exists` when the entity has a project of that name.
   */
  rename(request: {
    readonly projectId: number;
    readonly name: string;
    readonly now: string;
  }): Promise<Project>;
  /**
   * Deletes a project with its portfolios, artifact types and members; false when it was not there. Throws `conflict`
   * while it holds runs or logged artifacts.
   */
  delete(request: { readonly projectId: number }): Promise<boolean>;
  find(
    request: { readonly projectId: number } | { readonly entityId: number; readonly name: string },
  ): Promise<Project | undefined>;
  /** Projects of an entity, newest first, after a keyset cursor. */
  list(request: {
    readonly entityId: number;
    readonly after: ProjectCursor | null;
    readonly limit: number;
  }): Promise<readonly Project[]>;
}

/** The last project of a page. */
export interface ProjectCursor {
  readonly createdAt: string;
  readonly id: number;
}

/** A project as it is to be; what is undefined is left alone, or set to its default in a new project. */
export interface ProjectUpsert {
  readonly entityId: number;
  readonly name: string;
  readonly userId: number;
  readonly now: string;
  readonly description?: string | null;
  readonly access?: ProjectAccess;
  readonly repo?: string | null;
  readonly dockerImage?: string | null;
  readonly views?: string | null;
  readonly isBenchmark?: boolean;
  readonly allowsAllArtifactTypes?: boolean;
  /** Artifact types to add; none are ever taken away. */
  readonly artifactTypes?: readonly string[];
  /** The role of the user in a new project; an existing one's members stay as they are. */
  readonly creatorRole?: ProjectRole;
}
