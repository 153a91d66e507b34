/** Who may do what with a run: what the project allows, found by the number that every run carries. */
import { ServerError } from "../../errors.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectService } from "../projects/project-service.ts";

/** What the rules are built from. */
export interface RunAccessParts {
  readonly access: Access;
  readonly projects: ProjectService;
}

/** A run or anything else that tells its project. */
export interface InProject {
  readonly projectId: number;
}

/** The rules of permission for runs and what belongs to them. */
export class RunAccess {
  readonly #access: Access;
  readonly #projects: ProjectService;

  constructor({ access, projects }: RunAccessParts) {
    this.#access = access;
    this.#projects = projects;
  }

  /** Whether the caller may see the project. */
  async canRead(caller: Caller, { projectId }: InProject): Promise<boolean> {
    return (await this.#projects.findById(caller, projectId)) !== undefined;
  }

  /** The project when the caller may see it. Throws `not_found`. */
  async requireRead(caller: Caller, { projectId }: InProject): Promise<Project> {
    const project = await this.#projects.findById(caller, projectId);
    if (project === undefined) throw new ServerError("not_found", "Project not found", { field: "project" });
    return project;
  }

  /** The project when the caller may add to its runs. Throws `unauthenticated`, `not_found` or `permission_denied`. */
  async requireAppend(caller: Caller, run: InProject): Promise<Project> {
    const project = await this.requireRead(caller, run);
    await this.#access.requireAppendProject(caller, project);
    return project;
  }

  /** The project when the caller may change its runs. Throws `unauthenticated`, `not_found` or `permission_denied`. */
  async requireWrite(caller: Caller, run: InProject): Promise<Project> {
    const project = await this.requireRead(caller, run);
    await this.#access.requireWriteProject(caller, project);
    return project;
  }
}
