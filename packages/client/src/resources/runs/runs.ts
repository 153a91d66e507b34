/** The runs of a project that fit a filter, in an order. */
import { byteStream } from "../../core/byte-stream.ts";
import { NotFoundError, UnsupportedError } from "../../core/errors.ts";
import { mapConcurrently } from "../../core/concurrency.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions, ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { RunsFullDocument, RunsLightDocument } from "../../generated/documents.ts";
import type { ExportOptions, ExportSummary, ExportedRuns } from "../exports/history-export.ts";
import type { HistoryColumns } from "../history/history-columns.ts";
import type { HistoryFormat, HistoryOptions, HistoryRows } from "../history/run-history.ts";
import type { RunsWatchEvent, RunsWatchOptions } from "../live/runs-watch.ts";
import type { RunChoice } from "./bulk-histories.ts";
import type { AggregateOptions, RunGroupFigures } from "./run-aggregates.ts";
import { printRunFilter } from "./run-filter.ts";
import type { RunFilter } from "./run-filter.ts";
import { Run } from "./run.ts";
import type { RunHistory } from "./run-histories.ts";

const DEFAULT_ORDER = "+created_at";
/** How many runs are loaded, or their histories read, at once. */
const PARALLEL_RUNS = 10;
/** Runs loaded at once by who watches a list. */
const WATCH_PAGE = 100;

/** Options of `api.runs`. */
export interface RunsOptions extends PaginatorOptions {
  /** Only runs that fit; sent to the server as it is. */
  readonly filters?: RunFilter | undefined;
  /** A field to order by, `+` ascending or `-` descending; several with commas. @default "+created_at", oldest first */
  readonly order?: string | undefined;
  /** Whether config, summary and system metrics are left out until `run.load()`. @default false */
  readonly lazy?: boolean | undefined;
}

/** Where a list of runs is, found on first use. */
export type RunsPlace = () => Promise<{
  readonly service: Service;
  readonly entity: string;
  readonly project: string;
}>;

interface RunsAnswer<F> {
  readonly runCount: number | null;
  readonly runs: {
    readonly edges: readonly { readonly cursor: string; readonly node: F }[];
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  } | null;
}

/** Runs, a page at a time. Mirrors `wandb.apis.public.Runs`. */
export class Runs extends Paginator<Run> {
  /** The filter; empty for all runs. */
  readonly filters: RunFilter;
  /** The order. */
  readonly order: string;
  readonly #find: RunsPlace;
  #isLazy: boolean;
  #place: { readonly entity: string; readonly project: string } | undefined;

  constructor(place: RunsPlace, options: RunsOptions = {}) {
    super(options);
    this.#find = place;
    this.filters = options.filters ?? {};
    this.order = options.order === undefined || options.order === "" ? DEFAULT_ORDER : options.order;
    this.#isLazy = options.lazy ?? false;
  }

  /** The entity; undefined until the first page, because the caller's default one may have to be asked for. */
  get entity(): string | undefined {
    return this.#place?.entity;
  }

  /** The project; undefined until the first page. */
  get project(): string | undefined {
    return this.#place?.project;
  }

  /** Whether runs come without config, summary and system metrics. */
  get isLazy(): boolean {
    return this.#isLazy;
  }

  /** How many runs fit, by the server's count. */
  override async length(options: ReadOptions = {}): Promise<number> {
    return (await super.length(options)) ?? (await this.toArray(options)).length;
  }

  /**
   * Loads in full what is loaded lazily so far, ten runs at once, and everything that follows. Mirrors
   * `upgrade_to_full`.
   */
  async upgradeToFull(options: ReadOptions = {}): Promise<void> {
    this.#isLazy = false;
    await mapConcurrently(this.objects, PARALLEL_RUNS, (run) => run.load(options));
  }

  /**
   * The histories of all runs in one table: each row has the key `run_id`. Mirrors `histories`; its frames are
   * `format: "columns"` here. One request where the server has bulk export, otherwise requests for each run.
   *
   * @throws {ValueError} as `run.history`.
   */
  async histories(options?: HistoryOptions & { readonly format?: "rows" }): Promise<HistoryRows>;
  async histories(options: HistoryOptions & { readonly format: "columns" }): Promise<HistoryColumns>;
  async histories(
    options: HistoryOptions & { readonly format?: Exclude<HistoryFormat, "arrow"> } = {},
  ): Promise<HistoryRows | HistoryColumns> {
    const { format, ...rest } = options;
    const { joinHistoryColumns, joinHistoryRows } = await import("./run-histories.ts");
    const histories = await this.#readHistories(rest);
    return format === "columns" ? joinHistoryColumns(histories, rest) : joinHistoryRows(histories);
  }

  /**
   * Writes the histories of all runs into one file, which is there whole or not at all; without a `path` gives it as a
   * stream, which fails when the export does.
   *
   * @throws {ValueError} when an option has a value that is not allowed.
   * @throws {UnsupportedError} for `parquet` and `arrow` where the server has no bulk export, and for a path where there
   *   is no disk.
   */
  async export(options: ExportOptions & { readonly path: string }): Promise<ExportSummary>;
  async export(options: ExportOptions & { readonly path?: undefined }): Promise<ReadableStream<Uint8Array>>;
  async export(
    options: ExportOptions & { readonly path?: string | undefined },
  ): Promise<ExportSummary | ReadableStream<Uint8Array>> {
    const { path } = options;
    const { checkExport, exportHistories } = await import("../exports/history-export.ts");
    const { service, ...place } = await this.#find();
    await checkExport(service, options);
    const choice = await this.#choose(options);
    const load = (): Promise<Run[]> => this.toArray({ signal: options.signal });
    const runs: ExportedRuns = { place, choice, load };
    const parts = exportHistories(service, runs, options);
    if (path === undefined) return byteStream(parts);
    const { disk } = service.platform;
    if (disk === null) throw new UnsupportedError("This runtime has no disk to export histories to");
    let summary: Omit<ExportSummary, "path"> = { runs: 0, rows: 0, bytes: 0 };
    await disk.write(
      path,
      (async function* () {
        const { runsDone, rows, bytes } = yield* parts;
        summary = { runs: runsDone, rows, bytes };
      })(),
    );
    return { path, ...summary };
  }

  /**
   * The runs that fit, and how that changes: first each run that is there, then what happens, until the loop is left. A
   * connection that breaks is made anew. All runs of the list are kept in memory, in full.
   */
  async *watch(options: RunsWatchOptions = {}): AsyncGenerator<RunsWatchEvent<Run>, void, undefined> {
    const { watchRuns } = await import("../live/runs-watch.ts");
    const place = await this.#find();
    const { filters, order } = this;
    const list = (ids: readonly string[] | null, signal: AbortSignal | undefined): Runs => {
      const named = ids === null ? filters : { $and: [filters, { name: { $in: ids } }] };
      return new Runs(() => Promise.resolve(place), { filters: named, order, perPage: WATCH_PAGE, signal });
    };
    yield* watchRuns({ ...place, list }, options);
  }

  async #readHistories(options: HistoryOptions): Promise<RunHistory[]> {
    const { canReadInBulk, readHistoriesInBulk } = await import("./bulk-histories.ts");
    const { service, ...place } = await this.#find();
    if (await canReadInBulk(service, options)) {
      this.#place = place;
      return readHistoriesInBulk(service, place, await this.#choose(options), options);
    }
    const runs = await this.toArray({ signal: options.signal });
    const read = async (run: Run): Promise<RunHistory> => ({
      id: run.id,
      history: await run.history(options),
    });
    return mapConcurrently(runs, PARALLEL_RUNS, read);
  }

  /** By filter and order, unless some runs are loaded: then those are the runs, whatever has changed since. */
  async #choose({ signal }: ReadOptions): Promise<RunChoice> {
    const isUntouched = this.cursor === null && this.objects.length === 0;
    if (isUntouched) return { filter: printRunFilter(this.filters), order: this.order };
    return { runs: (await this.toArray({ signal })).map((run) => run.id) };
  }

  /**
   * The runs in groups by the values of some fields, with figures over their metrics, in the order of these values.
   * All runs that fit count, whatever was loaded. Servers that do not compute it send every run, and the figures are
   * the same. Python has no such member.
   *
   * @throws {ValueError} for what is no field of runs and for too many groups, {@link UnsupportedError} for a field that
   *   a server shows to filters only.
   */
  async aggregate(options: AggregateOptions = {}): Promise<readonly RunGroupFigures[]> {
    const { RUN_AGGREGATES_FEATURE, aggregateRuns, readAggregates, toAggregateRequest } =
      await import("./run-aggregates.ts");
    const request = toAggregateRequest(options);
    const { service, entity, project } = await this.#find();
    if (await service.supports(RUN_AGGREGATES_FEATURE)) {
      const place = { entity, project, filters: printRunFilter(this.filters) };
      return readAggregates(service, place, request, options);
    }
    const { filters } = this;
    const { signal } = options;
    const all = new Runs(this.#find, { filters, order: DEFAULT_ORDER, perPage: 500, signal });
    return aggregateRuns(all, request);
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Run>> {
    const { service, entity, project } = await this.#find();
    const place = { entity, project };
    this.#place = place;
    const variables = { ...place, cursor, perPage, order: this.order, filters: printRunFilter(this.filters) };
    if (this.#isLazy) {
      const answer = await service.graphql.execute(RunsLightDocument, variables, { signal });
      const found = existing(answer.project, place);
      return readPage(found, (fields) => new Run(service, place, { isFull: false, fields }));
    }
    const answer = await service.graphql.execute(RunsFullDocument, variables, { signal });
    const found = existing(answer.project, place);
    return readPage(found, (fields) => new Run(service, place, { isFull: true, fields }));
  }
}

function existing<T>(answer: T | null, { entity, project }: { entity: string; project: string }): T {
  if (answer === null) throw new NotFoundError(`Could not find project ${entity}/${project}`);
  return answer;
}

/** The next page begins after the last edge, as in Python; some servers give no other cursor. */
function readPage<F>({ runs, runCount }: RunsAnswer<F>, build: (fields: F) => Run): Page<Run> {
  const edges = runs?.edges ?? [];
  return {
    items: edges.map(({ node }) => build(node)),
    cursor: edges.at(-1)?.cursor ?? runs?.pageInfo.endCursor ?? null,
    hasNextPage: runs?.pageInfo.hasNextPage ?? false,
    total: runCount,
  };
}
