/**
 * Who may do what with artifacts: what their project allows, and for reading also what the projects and registries allow
 * that they are linked in. What may not be seen is answered as what is not there.
 */
import { ServerError } from "../../errors.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { PortfolioStore } from "../portfolios/portfolio-store.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactCollection } from "./artifact-collection.ts";
import type { ArtifactVersionStore } from "./artifact-store.ts";

/** What the rules are built from. */
export interface ArtifactAccessParts {
  readonly access: Access;
  readonly artifacts: ArtifactVersionStore;
  readonly portfolios: Pick<PortfolioStore, "listLinkProjects" | "listMemberships">;
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

/** A collection that holds a version, by names. */
export interface ArtifactPlace {
  readonly entityName: string;
  readonly projectName: string;
  readonly collectionName: string;
}

/** The rules of permission for artifacts. */
export class ArtifactAccess {
  readonly #access: Access;
  readonly #artifacts: ArtifactVersionStore;
  readonly #portfolios: ArtifactAccessParts["portfolios"];
  readonly #projects: ProjectService;

  constructor({ access, artifacts, portfolios, projects }: ArtifactAccessParts) {
    this.#access = access;
    this.#artifacts = artifacts;
    this.#portfolios = portfolios;
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

  /** Whether the caller may see a version, where it was logged or through a portfolio. */
  canSee(caller: Caller, artifact: Artifact): Promise<boolean> {
    return this.#isReached(caller, artifact, () => Promise.resolve(true));
  }

  /** Whether the caller may read a version's files; restricted viewers of a registry may not. */
  canOpen(caller: Caller, artifact: Artifact): Promise<boolean> {
    return this.#isReached(caller, artifact, (project) => this.#access.canOpenProject(caller, project));
  }

  /** Throws `not_found` when the caller may not see a version, `permission_denied` when it may not read its files. */
  async requireOpen(caller: Caller, artifact: Artifact): Promise<void> {
    if (await this.canOpen(caller, artifact)) return;
    if (!(await this.canSee(caller, artifact))) throw missingArtifact();
    throw new ServerError(
      "permission_denied",
      "Restricted viewers of a registry may not read or use its artifacts",
    );
  }

  /** Where the caller reaches a version: the collection asked for, its sequence, or a portfolio. Throws `not_found`. */
  async requirePlace(
    caller: Caller,
    artifact: Artifact,
    through: ArtifactCollection = artifact.sequence,
  ): Promise<ArtifactPlace> {
    const asked = await this.findProject(caller, through);
    if (asked !== undefined) return toPlace(asked, through);
    for (const { collection } of await this.#portfolios.listMemberships({ artifactId: artifact.id })) {
      const project = await this.findProject(caller, collection);
      if (project !== undefined) return toPlace(project, collection);
    }
    throw missingArtifact();
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

  /** The version of an id, wherever the caller reaches it. Throws `not_found`. */
  async requireSee(caller: Caller, artifactId: number): Promise<Artifact> {
    const artifact = await this.#requireAny(artifactId);
    if (await this.canSee(caller, artifact)) return artifact;
    throw missingArtifact();
  }

  /** The version of an id, to read its files or use it. Throws `not_found` or `permission_denied`. */
  async requireUse(caller: Caller, artifactId: number): Promise<Artifact> {
    const artifact = await this.#requireAny(artifactId);
    await this.requireOpen(caller, artifact);
    return artifact;
  }

  /** The version of an id, to add to it. Throws `not_found`, `unauthenticated` or `permission_denied`. */
  async requireAppend(caller: Caller, artifactId: number): Promise<ArtifactInProject> {
    const found = await this.requireRead(caller, artifactId);
    await this.#access.requireAppendProject(caller, found.project);
    return found;
  }

  async #requireAny(artifactId: number): Promise<Artifact> {
    const artifact = await this.#artifacts.find({ artifactId });
    if (artifact === undefined || artifact.state === "DELETED") throw missingArtifact();
    return artifact;
  }

  /** Portfolios are looked up only for those who cannot reach the version where it was logged. */
  async #isReached(
    caller: Caller,
    artifact: Artifact,
    may: (project: Project) => Promise<boolean>,
  ): Promise<boolean> {
    const home = await this.findProject(caller, artifact);
    if (home !== undefined && (await may(home))) return true;
    for (const projectId of await this.#portfolios.listLinkProjects({ artifactId: artifact.id })) {
      const project = await this.findProject(caller, { projectId });
      if (project !== undefined && (await may(project))) return true;
    }
    return false;
  }
}

function toPlace(project: Project, collection: ArtifactCollection): ArtifactPlace {
  return { entityName: project.entityName, projectName: project.name, collectionName: collection.name };
}

function missingArtifact(): ServerError {
  return new ServerError("not_found", "Artifact not found", { field: "artifactID" });
}
