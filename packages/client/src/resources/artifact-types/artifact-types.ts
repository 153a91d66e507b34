/** The artifact types of a project. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { CollectionListPlace } from "../artifact-collections/collection-list.ts";
import type { ArtifactType } from "./artifact-type.ts";

/** The artifact types of a project. Mirrors `wandb.apis.public.ArtifactTypes`. */
export class ArtifactTypes extends Paginator<ArtifactType> {
  readonly #place: CollectionListPlace;
  #found: { readonly entity: string; readonly project: string } | undefined;

  constructor(place: CollectionListPlace, options: PaginatorOptions = {}) {
    super(options);
    this.#place = place;
  }

  /** The entity; undefined until the first page. */
  get entity(): string | undefined {
    return this.#found?.entity;
  }

  /** The project; undefined until the first page. */
  get project(): string | undefined {
    return this.#found?.project;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<ArtifactType>> {
    const { ProjectArtifactTypesDocument } = await import("../../generated/artifacts-documents.ts");
    const { ArtifactType } = await import("./artifact-type.ts");
    const { service, entity, project } = await this.#place();
    this.#found = { entity, project };
    const variables = { entity, project, cursor, perPage };
    const answer = await service.graphql.execute(ProjectArtifactTypesDocument, variables, { signal });
    const page = answer.project?.artifactTypes;
    if (page == null) throw new NotFoundError(`Project ${entity}/${project} not found`);
    const nodes = page.edges.map(({ node }) => node).filter((node) => node !== null);
    return {
      items: nodes.map((node) => new ArtifactType(service, { entity, project }, node)),
      cursor: page.pageInfo.endCursor,
      hasNextPage: page.pageInfo.hasNextPage,
    };
  }
}
