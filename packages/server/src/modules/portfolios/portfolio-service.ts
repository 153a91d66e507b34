/**
 * Portfolios: versions of any project linked under a name of their own, in ordinary projects and in registries. A link
 * lets everybody who may see the portfolio see the version, so it needs a right over both ends.
 */
import { REGISTRY_PREFIX, validateArtifactName } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { missingProject } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Artifact } from "../artifacts/artifact.ts";
import type { ArtifactCollection, ArtifactMembership } from "../artifacts/artifact-collection.ts";
import { parseAliases } from "../artifacts/artifact-input.ts";
import type { AliasInput } from "../artifacts/artifact-input.ts";
import type { ArtifactService } from "../artifacts/artifact-service.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import type { PortfolioStore } from "./portfolio-store.ts";

/** What the service is built from. */
export interface PortfolioServiceParts {
  readonly portfolios: PortfolioStore;
  readonly artifacts: ArtifactService;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly clock: Clock;
}

/** A version to link, and where to. */
export interface LinkRequest {
  /** By its number or by the id that its client gave it. */
  readonly artifact: { readonly artifactId: number } | { readonly clientId: string };
  /** By its number or by name, which creates it on demand. */
  readonly portfolio: { readonly collectionId: number } | (ProjectAddress & { readonly name: string });
  readonly aliases: readonly AliasInput[];
}

/** What to change of a portfolio; null leaves it alone. */
export interface PortfolioEdit {
  readonly collectionId: number;
  readonly name: string | null;
  readonly description: string | null;
}

/** Links and unlinks versions, and changes portfolios. */
export class PortfolioService {
  readonly #parts: PortfolioServiceParts;

  constructor(parts: PortfolioServiceParts) {
    this.#parts = parts;
  }

  /**
   * Links a committed version; repeating it changes no number.
   *
   * @throws {ServerError | ProtocolError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` for a
   *   bad name or a type that the registry does not accept, `conflict` before the commit or for another type.
   */
  async link(caller: Caller, request: LinkRequest): Promise<ArtifactMembership> {
    const { user } = this.#parts.access.requireUser(caller);
    const artifact = await this.#findArtifact(caller, request);
    const { project, name } = await this.#findTarget(caller, request);
    await this.#parts.access.requireAppendProject(caller, project);
    const portfolioName = validateArtifactName(name);
    const aliases = parseAliases(request.aliases, portfolioName);
    await this.#requireShare(caller, artifact);
    return this.#parts.portfolios.link({
      artifactId: artifact.id,
      projectId: project.id,
      portfolioName,
      aliases,
      acceptsNewTypes: !project.isRegistry || project.allowsAllArtifactTypes,
      now: this.#parts.clock.now(),
      userId: user.id,
    });
  }

  /**
   * Takes a version out of a portfolio; one that is not in it stays out.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` for a sequence.
   */
  async unlink(
    caller: Caller,
    link: { readonly artifactId: number; readonly collectionId: number },
  ): Promise<boolean> {
    await this.#requirePortfolio(caller, link.collectionId);
    const { user } = this.#parts.access.requireUser(caller);
    return this.#parts.portfolios.unlink({ ...link, now: this.#parts.clock.now(), userId: user.id });
  }

  /**
   * Changes a portfolio's name or description.
   *
   * @throws {ServerError | ProtocolError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`,
   *   `already_exists` for a name in use.
   */
  async update(caller: Caller, edit: PortfolioEdit): Promise<ArtifactCollection> {
    const { collectionId, name, description } = edit;
    await this.#requirePortfolio(caller, collectionId);
    return this.#parts.portfolios.updatePortfolio({
      collectionId,
      ...(name !== null && { name: validateArtifactName(name) }),
      ...(description !== null && { description }),
      now: this.#parts.clock.now(),
    });
  }

  /** Deletes a portfolio and leaves its versions. Throws `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`. */
  async delete(caller: Caller, collectionId: number): Promise<ArtifactCollection> {
    const portfolio = await this.#requirePortfolio(caller, collectionId);
    await this.#parts.portfolios.deletePortfolio({ collectionId });
    return portfolio;
  }

  /** The collections that hold a version and that the caller may see, its sequence first. */
  async listMemberships(caller: Caller, artifact: Artifact): Promise<readonly ArtifactMembership[]> {
    const members = await this.#parts.portfolios.listMemberships({ artifactId: artifact.id });
    const visible = await Promise.all(
      members.map(({ collection }) => this.#parts.projects.findById(caller, collection.projectId)),
    );
    return members.filter((_, index) => visible[index] !== undefined);
  }

  async #findArtifact(caller: Caller, { artifact: by }: LinkRequest): Promise<Artifact> {
    const { artifacts } = this.#parts;
    const artifact = await ("artifactId" in by
      ? artifacts.find(caller, by.artifactId)
      : artifacts.findByClientId(caller, by.clientId));
    if (artifact !== undefined) return artifact;
    throw new ServerError("not_found", "Artifact not found", { field: "artifactID" });
  }

  async #findTarget(
    caller: Caller,
    { portfolio: by }: LinkRequest,
  ): Promise<{ readonly project: Project; readonly name: string }> {
    const { projects } = this.#parts;
    if ("collectionId" in by) {
      const { portfolio, project } = await this.#find(caller, by.collectionId);
      return { project, name: portfolio.name };
    }
    const existing = await projects.find(caller, by);
    if (existing !== undefined) return { project: existing, name: by.name };
    if (by.projectName?.startsWith(REGISTRY_PREFIX) === true) {
      throw missingProject(by.entityName ?? "", by.projectName);
    }
    return { project: await projects.ensure(caller, by), name: by.name };
  }

  async #requirePortfolio(caller: Caller, collectionId: number): Promise<ArtifactCollection> {
    const { portfolio, project } = await this.#find(caller, collectionId);
    await this.#parts.access.requireWriteProject(caller, project);
    return portfolio;
  }

  async #find(
    caller: Caller,
    collectionId: number,
  ): Promise<{ readonly portfolio: ArtifactCollection; readonly project: Project }> {
    const field = "artifactPortfolioID";
    const portfolio = await this.#parts.artifacts.findCollectionById(caller, collectionId);
    const project = portfolio && (await this.#parts.projects.findById(caller, portfolio.projectId));
    if (portfolio === undefined || project === undefined) {
      throw new ServerError("not_found", "Portfolio not found", { field });
    }
    if (portfolio.kind === "portfolio") return { portfolio, project };
    const message = `"${portfolio.name}" is not a portfolio: versions are logged to it`;
    throw new ServerError("invalid_argument", message, { field });
  }

  /** Reading alone is not enough to show others what they could not see: one must be able to change a place it is in. */
  async #requireShare(caller: Caller, artifact: Artifact): Promise<void> {
    const { access, projects } = this.#parts;
    const home = await projects.findById(caller, artifact.projectId);
    if (home?.access === "USER_READ" || home?.access === "USER_WRITE") return;
    if (home !== undefined && (await access.canAppendProject(caller, home))) return;
    for (const { collection } of await this.listMemberships(caller, artifact)) {
      const project = await projects.findById(caller, collection.projectId);
      if (project !== undefined && (await access.canAppendProject(caller, project))) return;
    }
    const message = "To link a version you must be able to change its project or a portfolio that holds it";
    throw new ServerError("permission_denied", message, { field: "artifactID" });
  }
}
