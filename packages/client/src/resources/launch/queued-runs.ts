/** The items of a run queue. */
import { NotFoundError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { ListRunQueueItemsDocument } from "../../generated/launch-documents.ts";
import { LAUNCH_PROJECT } from "./launch-place.ts";
import { QueuedRun } from "./queued-run.ts";
import type { RunQueue } from "./run-queue.ts";

/** The items of a queue, newest first. Python has the first hundred, as `RunQueue.items`. */
export class QueuedRuns extends Paginator<QueuedRun> {
  readonly #service: Service;
  readonly #queue: RunQueue;

  constructor(service: Service, queue: RunQueue, options: PaginatorOptions = {}) {
    super(options);
    this.#service = service;
    this.#queue = queue;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<QueuedRun>> {
    if (!(await this.#service.supports("STEELYARD_LAUNCH_OUTCOMES"))) {
      return { items: await this.#queue.items({ signal }), cursor: null, hasNextPage: false };
    }
    const { entity, name: queueName } = this.#queue;
    const place = { entity, project: LAUNCH_PROJECT, queue: queueName };
    const variables = { ...place, cursor, perPage };
    const { project } = await this.#service.graphql.execute(ListRunQueueItemsDocument, variables, { signal });
    const items = project?.runQueue?.runQueueItems;
    if (items == null) throw new NotFoundError(`Run queue ${entity}/${queueName} not found`);
    return {
      items: items.edges.flatMap(({ node }) => {
        if (node === null) return [];
        const { id, priority } = node;
        return [new QueuedRun(this.#service, { entity, project: LAUNCH_PROJECT, queueName, id, priority })];
      }),
      cursor: items.pageInfo.endCursor,
      hasNextPage: items.pageInfo.hasNextPage,
      total: items.totalCount,
    };
  }
}
