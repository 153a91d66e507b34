/** What a run printed, page by page or the last lines. */
import { NotFoundError, ValueError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { RunConsoleLogPageDocument, RunConsoleLogTailDocument } from "../../generated/console-documents.ts";
import type { Run } from "../runs/run.ts";
import { ConsoleLogLine } from "./console-log-line.ts";

const DEFAULT_PER_PAGE = 1_000;

/** Options of `run.consoleLogs`. */
export interface ConsoleLogsOptions extends PaginatorOptions {
  /** Only this many lines, from the end. */
  readonly last?: number | undefined;
}

/** A run's console lines in order. Mirrors `wandb.apis.public.ConsoleLogs`; `length()` is new here. */
export class ConsoleLogs extends Paginator<ConsoleLogLine> {
  /** The run that printed the lines. */
  readonly run: Run;
  readonly #service: Service;
  readonly #last: number | undefined;

  /** @throws {ValueError} when `perPage` or `last` is not a positive integer. */
  constructor(service: Service, run: Run, options: ConsoleLogsOptions = {}) {
    super(options, DEFAULT_PER_PAGE);
    const { last } = options;
    if (last !== undefined && (!Number.isSafeInteger(last) || last < 1)) {
      throw new ValueError(`Invalid last: expected a positive integer, found ${last}`);
    }
    this.#service = service;
    this.run = run;
    this.#last = last;
  }

  protected override loadPage(request: PageRequest): Promise<Page<ConsoleLogLine>> {
    return this.#last === undefined ? this.#loadNext(request) : this.#loadTail(this.#last, request);
  }

  async #loadNext({ cursor, perPage, signal }: PageRequest): Promise<Page<ConsoleLogLine>> {
    const variables = { ...this.#address(), first: perPage, after: cursor };
    const { project } = await this.#service.graphql.execute(RunConsoleLogPageDocument, variables, { signal });
    const { logLineCount, logLines } = this.#found(project?.run);
    const items = (logLines?.edges ?? []).map(({ node }) => new ConsoleLogLine(node));
    const endCursor = logLines?.pageInfo.endCursor ?? "";
    // Some servers say too early that there is no more; the count of lines knows better.
    const lastNumber = items.at(-1)?.number ?? Number.POSITIVE_INFINITY;
    const isMore = logLines?.pageInfo.hasNextPage === true || lastNumber + 1 < (logLineCount ?? 0);
    return {
      items,
      cursor: endCursor === "" ? null : endCursor,
      hasNextPage: isMore && endCursor !== "",
      total: logLineCount,
    };
  }

  async #loadTail(last: number, { signal }: PageRequest): Promise<Page<ConsoleLogLine>> {
    const variables = { ...this.#address(), last };
    const { project } = await this.#service.graphql.execute(RunConsoleLogTailDocument, variables, { signal });
    const { logLines } = this.#found(project?.run);
    const items = (logLines?.edges ?? []).map(({ node }) => new ConsoleLogLine(node));
    return { items, cursor: null, hasNextPage: false, total: items.length };
  }

  #address(): { entity: string; project: string; runName: string } {
    return { entity: this.run.entity, project: this.run.project, runName: this.run.id };
  }

  #found<T>(run: T | null | undefined): T {
    if (run === null || run === undefined)
      throw new NotFoundError(`Run ${this.run.path.join("/")} not found`);
    return run;
  }
}
