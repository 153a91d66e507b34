/** The versions of a collection. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { printRunFilter } from "../runs/run-filter.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import type { Artifact } from "./artifact.ts";
import { signedOrder } from "./list-order.ts";

/** Options of lists of versions. */
export interface ArtifactsOptions extends PaginatorOptions {
  /** In MongoDB's language; an empty filter lists versions that are not committed too. @default committed ones */
  readonly filters?: RunFilter | undefined;
  /** One field, with `+` or `-` in front; ascending without. @default the server's order, the newest first */
  readonly order?: string | undefined;
  /** Only versions with all of these labels. They are chosen here, not by the server. */
  readonly tags?: readonly string[] | undefined;
}

/** Where a list of versions is; found on first use. */
export type ArtifactsPlace = () => Promise<{
  readonly service: Service;
  readonly entity: string;
  readonly project: string;
  readonly collection: string;
}>;

/** The versions of a collection. Mirrors `wandb.apis.public.Artifacts`. */
export class Artifacts extends Paginator<Artifact> {
  /** Name of the type. */
  readonly type: string;
  /** The filter in force. */
  readonly filters: RunFilter;
  /** The order asked for, with its sign; null for the server's. */
  readonly order: string | null;
  /** The labels asked for; empty for all. */
  readonly tags: readonly string[];
  readonly #place: ArtifactsPlace;
  #found: { readonly entity: string; readonly project: string; readonly collection: string } | undefined;

  /** @throws {ValueError} when the order is not a field with a sign. */
  constructor(place: ArtifactsPlace, type: string, options: ArtifactsOptions = {}) {
    super(options);
    this.#place = place;
    this.type = type;
    this.filters = options.filters ?? { state: "COMMITTED" };
    this.order = options.order === undefined ? null : signedOrder(options.order);
    this.tags = options.tags ?? [];
  }

  /** The entity; undefined until the first page when it is a default. */
  get entity(): string | undefined {
    return this.#found?.entity;
  }

  /** The project; undefined until the first page when it is a default. */
  get project(): string | undefined {
    return this.#found?.project;
  }

  /** Name of the collection; undefined until the first page. Mirrors `collection_name`. */
  get collectionName(): string | undefined {
    return this.#found?.collection;
  }

  /** How many versions the list has. Python's `len` counts without regard to `tags`; this loads the list for them. */
  override async length(options: ReadOptions = {}): Promise<number> {
    const total = this.tags.length === 0 ? await super.length(options) : null;
    return total ?? (await this.toArray(options)).length;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Artifact>> {
    const { Artifact, fromListed, ProjectArtifactsDocument } = await import("./artifacts-page.ts");
    const { service, entity, project, collection } = await this.#place();
    this.#found = { entity, project, collection };
    const filters = Object.keys(this.filters).length === 0 ? null : printRunFilter(this.filters);
    const place = { entity, project, collection, type: this.type };
    const variables = { ...place, cursor, perPage, order: this.order, filters };
    const answer = await service.graphql.execute(ProjectArtifactsDocument, variables, { signal });
    const page = answer.project?.artifactType?.artifactCollection?.artifacts;
    if (page == null) {
      throw new NotFoundError(
        `${entity}/${project} has no artifact collection ${JSON.stringify(collection)} of type ${JSON.stringify(this.type)}`,
      );
    }
    const items = page.edges.map(({ node, version }) =>
      Artifact.fromLogged(service, fromListed({ entity, project, collection }, version, node)),
    );
    return {
      items: items.filter((artifact) => this.tags.every((tag) => artifact.tags.includes(tag))),
      cursor: page.pageInfo.endCursor,
      hasNextPage: page.pageInfo.hasNextPage,
      total: page.totalCount,
    };
  }
}
