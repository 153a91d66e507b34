/** The reports of a project. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { BetaReport } from "./beta-report.ts";

/** Options of `api.reports`. */
export interface ReportsOptions extends PaginatorOptions {
  /** Only reports of this name; this package's server takes a title too. It may be percent-encoded. */
  readonly name?: string | undefined;
}

/** Where a list of reports is; found on first use. */
export type ReportsPlace = () => Promise<{
  readonly service: Service;
  readonly entity: string;
  readonly project: string;
}>;

/** Reports, a page at a time, the newest first. Mirrors `wandb.apis.public.Reports`. */
export class Reports extends Paginator<BetaReport> {
  /** The name asked for; null for all. */
  readonly name: string | null;
  readonly #find: ReportsPlace;
  #place: { readonly entity: string; readonly project: string } | undefined;

  constructor(place: ReportsPlace, options: ReportsOptions = {}) {
    super(options);
    this.#find = place;
    this.name = options.name === undefined || options.name === "" ? null : decoded(options.name);
  }

  /** The entity; undefined until the first page, because the caller's default one may have to be asked for. */
  get entity(): string | undefined {
    return this.#place?.entity;
  }

  /** The project; undefined until the first page. */
  get project(): string | undefined {
    return this.#place?.project;
  }

  /** The next page begins after the last edge, as in Python; some servers give no other cursor. */
  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<BetaReport>> {
    const { BetaReport, ProjectViewsDocument } = await import("./reports-page.ts");
    const { service, entity, project } = await this.#find();
    const place = { entity, project };
    this.#place = place;
    const variables = { ...place, cursor, perPage, viewType: "runs", name: this.name };
    const answer = await service.graphql.execute(ProjectViewsDocument, variables, { signal });
    if (answer.project === null)
      throw new NotFoundError(`Project ${project} does not exist under entity ${entity}`);
    const views = answer.project.allViews;
    const edges = views?.edges ?? [];
    return {
      items: edges.map(({ node }) => new BetaReport(service, place, node)),
      cursor: edges.at(-1)?.cursor ?? views?.pageInfo.endCursor ?? null,
      hasNextPage: views?.pageInfo.hasNextPage ?? false,
    };
  }
}

/** As it stands in addresses or as it is; what is no valid escape stays. */
function decoded(name: string): string {
  return name.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => {
    const bytes = escapes
      .slice(1)
      .split("%")
      .map((byte) => Number.parseInt(byte, 16));
    return new TextDecoder().decode(new Uint8Array(bytes));
  });
}
