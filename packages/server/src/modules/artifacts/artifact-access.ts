/** Who may do what with artifacts: what their project allows. What may not be seen is answered as what is not there. */
import { ServerError } from "../../errors.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactVersionStore } from "./artifact-store.ts";

/** What the rules are built from. */
export interface ArtifactAccessParts {
  readonly access: Access;
  readonly artifacts: ArtifactVersionStore;
  readonly projects: ProjectService;
}

/** A version, a collection or anything else that tells its project. */
export interface InProject {
  readonly projectId: number;
}

/** A version with its project. */
export interface ArtifactInProject {
  readonly artifact: Artifact;
  readonly project: Project;
}

/** The rules of permission for artifacts. */
export class ArtifactAccess {
  readonly #access: Access;
  readonly #artifacts: ArtifactVersionStore;
  readonly #projects: ProjectService;

  constructor({ access, artifacts, projects }: ArtifactAccessParts) {
    this.#access = access;
    this.#artifacts = artifacts;
    this.#projects = projects;
  }

  /** The project of something; undefined when the caller may not see it. */
  findProject(caller: Caller, { projectId }: InProject): Promise<Project | undefined> {
    return this.#projects.findById(caller, projectId);
  }

  /** Whether the caller may see something. */
  async canRead(caller: Caller, thing: InProject): Promise<boolean> {
    return (await this.findProject(caller, thing)) !== undefined;
  }

  /** The project of something. Throws `not_found` when the caller may not see it. */
  async requireProject(caller: Caller, thing: InProject): Promise<Project> {
    const project = await this.findProject(caller, thing);
    if (project === undefined) throw missingArtifact();
    return project;
  }

  /** The version of an id. Throws `not_found`, also when it was deleted. */
  async requireRead(caller: Caller, artifactId: number): Promise<ArtifactInProject> {
    const found = await this.requireEver(caller, artifactId);
    if (found.artifact.state === "DELETED") throw missingArtifact();
    return found;
  }

  /** The version of an id, though it may be deleted. Throws `not_found`. */
  async requireEver(caller: Caller, artifactId: number): Promise<ArtifactInProject> {
    const artifact = await this.#artifacts.find({ artifactId });
    if (artifact === undefined) throw missingArtifact();
    return { artifact, project: await this.requireProject(caller, artifact) };
  }

  /** The version of an id, to add to it. Throws `not_found`, `unauthenticated` or `permission_denied`. */
  async requireAppend(caller: Caller, artifactId: number): Promise<ArtifactInProject> {
    const found = await this.requireRead(caller, artifactId);
    await this.#access.requireAppendProject(caller, found.project);
    return found;
  }
}

function missingArtifact(): ServerError {
  return new ServerError("not_found", "Artifact not found", { field: "artifactID" });
}
