/** The runs that an agent of a sweep was handed. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { GetAgentRunsDocument } from "../../generated/sweeps-documents.ts";
import { Run } from "../runs/run.ts";

const ORDER = "+created_at";

/** Whose runs they are. */
export interface AgentRunsPlace {
  readonly entity: string;
  readonly project: string;
  /** The sweep's id. */
  readonly sweep: string;
  /** The agent's name. */
  readonly agent: string;
  /** How many they are, by what the server said of the agent. */
  readonly total: number;
}

/** Runs of an agent, oldest first and lazy. Mirrors `wandb.apis.public.AgentRuns`. */
export class AgentRuns extends Paginator<Run> {
  readonly #service: Service;
  readonly #place: AgentRunsPlace;

  /** @internal */
  constructor(service: Service, place: AgentRunsPlace, options: PaginatorOptions = {}) {
    super(options);
    this.#service = service;
    this.#place = place;
  }

  /** How many runs the agent was handed when it was loaded; nothing is asked. */
  override length(): Promise<number> {
    return Promise.resolve(this.#place.total);
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Run>> {
    const { entity, project, sweep, agent, total } = this.#place;
    const variables = { entity, project, sweep, agentID: agent, cursor, perPage, order: ORDER };
    const answer = await this.#service.graphql.execute(GetAgentRunsDocument, variables, { signal });
    const runs = answer.project?.sweep?.agent?.runs;
    if (runs == null)
      throw new NotFoundError(`Agent ${agent} of sweep ${entity}/${project}/${sweep} not found`);
    const place = { entity, project };
    return {
      items: runs.edges.map(({ node }) => new Run(this.#service, place, { isFull: false, fields: node })),
      cursor: runs.edges.at(-1)?.cursor ?? runs.pageInfo.endCursor,
      hasNextPage: runs.pageInfo.hasNextPage,
      total,
    };
  }
}
