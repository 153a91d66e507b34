import type { Project, ProjectAccess } from "./project.ts";

/** Projects by entity and name. */
export interface ProjectStore {
  /** Creates the project or changes what is given of the existing one, atomically by (entityId, name). */
  upsert(project: ProjectUpsert): Promise<{ readonly project: Project; readonly inserted: boolean }>;
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
}
