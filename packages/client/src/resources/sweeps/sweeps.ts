/** The sweeps of a project. */
import { NotFoundError, UnsupportedError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { printRunFilter } from "../runs/run-filter.ts";
import type { RunFilter } from "../runs/run-filter.ts";
import type { Sweep } from "./sweep.ts";

/** The feature of servers that filter sweeps. */
const FILTER_FEATURE = "SWEEPS_QUERY_FILTERING";

/** Options of `project.sweeps`. */
export interface SweepsOptions extends PaginatorOptions {
  /** Only sweeps that fit, by name, displayName, state, method, description, username, createdAt or updatedAt. */
  readonly filters?: RunFilter | undefined;
}

/** Sweeps, newest first, a page at a time. Mirrors `wandb.apis.public.Sweeps`. */
export class Sweeps extends Paginator<Sweep> {
  /** Name of the owning entity. */
  readonly entity: string;
  /** Name of the project. */
  readonly project: string;
  /** The filter; empty for all sweeps. */
  readonly filters: RunFilter;
  readonly #service: Service;

  /** @internal */
  constructor(
    service: Service,
    place: { readonly entity: string; readonly project: string },
    options: SweepsOptions = {},
  ) {
    super(options);
    this.#service = service;
    this.entity = place.entity;
    this.project = place.project;
    this.filters = options.filters ?? {};
  }

  /** How many sweeps fit. Python counts all sweeps of the project, whatever the filter. */
  override async length(options: ReadOptions = {}): Promise<number> {
    return (await super.length(options)) ?? (await this.toArray(options)).length;
  }

  /** @throws {UnsupportedError} for a filter that the server would not apply. */
  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Sweep>> {
    const isFiltered = Object.keys(this.filters).length > 0;
    if (isFiltered && !(await this.#service.supports(FILTER_FEATURE)))
      throw new UnsupportedError("This server does not filter sweeps");
    const { GetSweepsDocument } = await import("../../generated/sweeps-documents.ts");
    const { Sweep } = await import("./sweep.ts");
    const { entity, project } = this;
    const filters = printRunFilter(this.filters);
    const variables = { entity, project, filters, cursor, perPage };
    const answer = await this.#service.graphql.execute(GetSweepsDocument, variables, { signal });
    if (answer.project === null) throw new NotFoundError(`Project ${entity}/${project} not found`);
    const { sweeps, totalSweeps } = answer.project;
    return {
      items: await Promise.all(
        sweeps.edges.map(({ node }) => Sweep.read(this.#service, { entity, project }, node)),
      ),
      cursor: sweeps.pageInfo.endCursor,
      hasNextPage: sweeps.pageInfo.hasNextPage,
      total: isFiltered ? null : totalSweeps,
    };
  }
}
