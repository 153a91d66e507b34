/** Watching runs, for callers: who may, how many, and from where those go on who were away. */
import { ServerError } from "../../errors.ts";
import type { ChangeFeed } from "../../ports/change-feed.ts";
import type { Caller } from "../access/caller.ts";
import type { HistoryReader } from "../history/history-reader.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { RunAccess } from "../runs/run-access.ts";
import type { RunAddress, RunService } from "../runs/run-service.ts";
import type { RunStore } from "../runs/run-store.ts";
import { LiveHub } from "./live-hub.ts";
import type { LiveMessage } from "./live-message.ts";
import { RUN_START, parseRunCursor } from "./run-cursor.ts";
import { RunPages } from "./run-pages.ts";
import { RunWatch } from "./run-watch.ts";
import { RunsWatch } from "./runs-watch.ts";
import { SharedReads } from "./shared-reads.ts";
import type { Run } from "../runs/run.ts";

/** What the service is built from. */
export interface LiveServiceParts {
  readonly stores: {
    readonly feed: ChangeFeed;
    readonly history: HistoryReader;
    readonly runs: RunStore;
  };
  readonly projects: ProjectService;
  readonly runs: RunService;
  readonly runAccess: RunAccess;
  /** Told when the feed cannot be read. */
  readonly onFailure: (cause: unknown) => void;
}

/** Who watches: asked again now and then, because keys end and rights are taken away. */
export type Watcher = () => Promise<Caller>;

/** Messages until nothing can come any more; ending the iteration ends the watch. */
export type LiveStream = AsyncGenerator<LiveMessage, void, undefined>;

/** Those who watch at once. */
const MAX_WATCHES = 2_000;

/** Rights are looked at again after this. */
const CHECK_MS = 1_000;

/** Someone who missed more events than this asks for the list again. */
const MAX_MISSED = 20_000;
const FEED_PAGE = 1_000;

/** Lets callers watch. */
export class LiveService {
  readonly #parts: LiveServiceParts;
  readonly #hub: LiveHub;
  readonly #pages: RunPages;
  readonly #foundRuns = new SharedReads<Run | undefined>();
  readonly #watches = new Set<{ close(): void }>();
  #isClosed = false;

  constructor(parts: LiveServiceParts) {
    this.#parts = parts;
    this.#hub = new LiveHub({ feed: parts.stores.feed, onFailure: parts.onFailure });
    this.#pages = new RunPages(parts.stores.history);
  }

  /**
   * Watches a run's rows and changes.
   *
   * @throws {ServerError} `not_found`, `unauthenticated`, `resource_exhausted` when too many watch.
   */
  async watchRun(
    watcher: Watcher,
    address: RunAddress,
    request: {
      readonly cursor: string | undefined;
      readonly minStep: number | null;
      readonly keys: readonly string[];
    },
  ): Promise<LiveStream> {
    this.#requireRoom();
    const { projectId, runId } = await this.#parts.runs.require(await watcher(), address);
    let moment = 0;
    const watch = new RunWatch({
      run: { projectId, runId },
      start: parseRunCursor(request.cursor ?? "") ?? RUN_START,
      minStep: request.minStep ?? -Infinity,
      keys: request.keys,
      pages: this.#pages,
      findRun: (run) =>
        this.#foundRuns.get(`${projectId}/${runId}/${moment}`, () => this.#parts.stores.runs.find(run)),
      checkAccess: this.#accessCheck(watcher, projectId),
    });
    const subscription = await this.#hub.subscribe(projectId, (events) => {
      moment = events.at(-1)?.seq ?? moment;
      watch.hear(events);
    });
    moment = subscription.seq;
    return this.#stream(watch, subscription, () => watch.messages(subscription.seq));
  }

  /**
   * Watches a project's runs.
   *
   * @throws {ServerError} as `watchRun`.
   */
  async watchRuns(
    watcher: Watcher,
    address: { readonly entityName: string; readonly projectName: string },
    request: { readonly cursor: string | undefined },
  ): Promise<LiveStream> {
    this.#requireRoom();
    const { id: projectId } = await this.#parts.projects.require(await watcher(), address);
    const watch = new RunsWatch({
      nameRuns: async (runIds) => {
        const runs = await this.#parts.stores.runs.findMany({ projectId, runIds });
        return new Map(runs.map((run) => [run.runId, run.name]));
      },
      checkAccess: this.#accessCheck(watcher, projectId),
    });
    const subscription = await this.#hub.subscribe(projectId, (events) => watch.hear(events));
    try {
      await this.#catchUp(watch, projectId, { cursor: request.cursor, until: subscription.seq });
    } catch (error) {
      subscription.end();
      throw error;
    }
    return this.#stream(watch, subscription, () => watch.messages(subscription.seq));
  }

  /** Ends all watches. */
  close(): void {
    this.#isClosed = true;
    this.#hub.close();
    for (const watch of this.#watches) watch.close();
  }

  /** Tells what happened while the reader was away. */
  async #catchUp(
    watch: RunsWatch,
    projectId: number,
    { cursor, until }: { readonly cursor: string | undefined; readonly until: number },
  ): Promise<void> {
    if (cursor === undefined || cursor === "") return;
    let seq = Number(cursor);
    const { first } = await this.#parts.stores.feed.span();
    const isKept = Number.isSafeInteger(seq) && seq <= until && (seq === until || seq + 1 >= first);
    if (!isKept || until - seq > MAX_MISSED) {
      watch.miss();
      return;
    }
    while (seq < until) {
      const events = await this.#parts.stores.feed.read({ afterSeq: seq, limit: FEED_PAGE });
      const last = events.at(-1);
      if (last === undefined) return;
      watch.hear(events.filter((event) => event.projectId === projectId && event.seq <= until));
      seq = last.seq;
    }
  }

  async *#stream(
    watch: { close(): void },
    subscription: { end(): void },
    messages: () => LiveStream,
  ): LiveStream {
    this.#watches.add(watch);
    try {
      if (!this.#isClosed) yield* messages();
    } finally {
      this.#watches.delete(watch);
      subscription.end();
    }
  }

  #accessCheck(watcher: Watcher, projectId: number): () => Promise<void> {
    let checkedAt = performance.now();
    return async () => {
      if (performance.now() - checkedAt < CHECK_MS) return;
      await this.#parts.runAccess.requireRead(await watcher(), { projectId });
      checkedAt = performance.now();
    };
  }

  #requireRoom(): void {
    if (this.#watches.size < MAX_WATCHES) return;
    throw new ServerError("resource_exhausted", `${MAX_WATCHES} watch already; try again later`);
  }
}
