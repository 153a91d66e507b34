/** The files of an artifact, page by page. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { ArtifactFileCountDocument, ArtifactFilePageDocument } from "../../generated/artifacts-documents.ts";
import { ArtifactFile } from "./artifact-file.ts";
import type { LoggedVersion } from "./logged-version.ts";

/** Options of `artifact.files`. */
export interface ArtifactFilesOptions extends PaginatorOptions {
  /** Only files of exactly these names; an empty list means all. */
  readonly names?: readonly string[] | undefined;
}

/** An artifact's files. Mirrors `wandb.apis.public.ArtifactFiles`. */
export class ArtifactFiles extends Paginator<ArtifactFile> {
  /** The names asked for; empty for all. */
  readonly names: readonly string[];
  readonly #service: Service;
  readonly #version: LoggedVersion;

  constructor(service: Service, version: LoggedVersion, options: ArtifactFilesOptions = {}) {
    super(options);
    this.#service = service;
    this.#version = version;
    this.names = options.names ?? [];
  }

  /** Entity, project and name of the artifact. */
  get path(): readonly [string, string, string] {
    const { place, suffix } = this.#version;
    return [place.entity, place.project, `${place.collection}:${suffix}`];
  }

  /** How many files the list has; counted by loading it where the server gives no count. Python raises there. */
  override async length(options: ReadOptions = {}): Promise<number> {
    if (await this.#service.supports("TOTAL_COUNT_IN_FILE_CONNECTION")) {
      const variables = { ...this.#address(), fileNames: this.#names() };
      const answer = await this.#service.graphql.execute(ArtifactFileCountDocument, variables, options);
      const total = answer.project?.artifactCollection?.artifactMembership?.files?.totalCount;
      if (total != null) return total;
    }
    return (await this.toArray(options)).length;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<ArtifactFile>> {
    const variables = { ...this.#address(), fileNames: this.#names(), cursor, perPage };
    const answer = await this.#service.graphql.execute(ArtifactFilePageDocument, variables, { signal });
    const membership = answer.project?.artifactCollection?.artifactMembership;
    if (membership == null) throw new NotFoundError(`${this.path.join("/")} not found`);
    const nodes = (membership.files?.edges ?? []).map(({ node }) => node).filter((node) => node !== null);
    return {
      items: nodes.map((node) => new ArtifactFile(node)),
      cursor: membership.files?.pageInfo.endCursor ?? null,
      hasNextPage: membership.files?.pageInfo.hasNextPage ?? false,
    };
  }

  #address(): { entity: string; project: string; collection: string; alias: string } {
    return { ...this.#version.place, alias: this.#version.version };
  }

  #names(): readonly string[] | null {
    return this.names.length === 0 ? null : this.names;
  }
}
