/** History, system metrics and console of runs for callers: who may send them, who may read them. */
import { ServerError } from "../../errors.ts";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { RunAccess } from "../runs/run-access.ts";
import { readConsolePage } from "./console-page.ts";
import type { ConsolePage, ConsoleRequest } from "./console-page.ts";
import type { HistoryStretch } from "./history-files.ts";
import type { HistoryLog, RunKey } from "./history-log.ts";
import type {
  BucketRequest,
  HistoryBuckets,
  HistoryKeys,
  HistoryReader,
  HistorySpec,
  HistoryTails,
  LineCounts,
  RowPage,
  RowRequest,
  RowSelection,
} from "./history-reader.ts";
import type { StreamAppend, StreamIngest, StreamReply } from "./stream-ingest.ts";

/** What the service is built from. */
export interface HistoryServiceParts {
  readonly reader: HistoryReader;
  readonly log: HistoryLog;
  readonly ingest: StreamIngest;
  readonly access: Access;
  readonly runAccess: RunAccess;
  readonly clock: Clock;
  readonly blobs: Pick<BlobStore, "sign">;
}

/** A stretch of rows as its readers get it. */
export interface HistoryStretchView extends Omit<HistoryStretch, "part"> {
  /** The file whose lines are exactly these rows; null where there is none. */
  readonly file: HistoryFileView | null;
}

/** Where a sealed file and the one beside it can be read, in ranges, for a while. */
export interface HistoryFileView {
  readonly tableUrl: string;
  readonly tableBytes: number;
  readonly besideUrl: string;
  readonly besideBytes: number;
}

/** A file that is replaced stays as long as this, so addresses need not live longer; readers ask again. */
const FILE_ADDRESS_SECONDS = 15 * 60;

/** What one question for buckets may ask; the answer has a few numbers for each key and interval. */
const MAX_BUCKET_KEYS = 100;
const MAX_BUCKETS = 10_000;

/** Takes and answers what runs log. Every method throws `not_found` where the caller may not see the run. */
export class HistoryService {
  readonly #reader: HistoryReader;
  readonly #log: HistoryLog;
  readonly #ingest: StreamIngest;
  readonly #access: Access;
  readonly #runAccess: RunAccess;
  readonly #clock: Clock;
  readonly #blobs: HistoryServiceParts["blobs"];

  constructor(parts: HistoryServiceParts) {
    this.#reader = parts.reader;
    this.#log = parts.log;
    this.#ingest = parts.ingest;
    this.#access = parts.access;
    this.#runAccess = parts.runAccess;
    this.#clock = parts.clock;
    this.#blobs = parts.blobs;
  }

  /**
   * Stores what the process of a project's run sent.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` for a body of the
   * wrong shape, `unavailable` when the machine cannot store it now.
   */
  async append(
    caller: Caller,
    target: { readonly project: Project; readonly runName: string },
    request: Pick<StreamAppend, "body" | "encoding" | "writer">,
  ): Promise<StreamReply> {
    const { project, runName } = target;
    await this.#access.requireAppendProject(caller, project);
    return this.#ingest.append({ ...request, projectId: project.id, runName, receivedAt: this.#clock.now() });
  }

  /** Rows of a step window. */
  async rows(caller: Caller, run: RunKey, window: Omit<RowRequest, keyof RunKey>): Promise<RowPage> {
    await this.#runAccess.requireRead(caller, run);
    return this.#reader.rows({ ...window, ...keyOf(run) });
  }

  /** For each spec the rows that hold its keys. */
  async select(caller: Caller, run: RunKey, specs: readonly HistorySpec[]): Promise<readonly RowSelection[]> {
    await this.#runAccess.requireRead(caller, run);
    return this.#reader.select({ ...keyOf(run), specs });
  }

  /**
   * Rows of a step window in intervals of equal width.
   *
   * @throws {ServerError} `invalid_argument` for no or too many keys or intervals.
   */
  async buckets(
    caller: Caller,
    run: RunKey,
    request: Omit<BucketRequest, keyof RunKey>,
  ): Promise<HistoryBuckets> {
    await this.#runAccess.requireRead(caller, run);
    requireWithin("keys", request.keys.length, MAX_BUCKET_KEYS);
    requireWithin("count", request.count, MAX_BUCKETS);
    return this.#reader.buckets({ ...request, ...keyOf(run) });
  }

  /** Last step and statistics by key. */
  async keys(caller: Caller, run: RunKey): Promise<HistoryKeys> {
    await this.#runAccess.requireRead(caller, run);
    return this.#reader.keys(keyOf(run));
  }

  /** Last step and statistics by key of several runs, in the order asked for. */
  async keysOf(caller: Caller, runs: readonly RunKey[]): Promise<readonly HistoryKeys[]> {
    await this.#requireReadAll(caller, runs);
    return this.#reader.keysOf({ runs: runs.map(keyOf) });
  }

  /** All rows in stretches of ascending step, with addresses under `baseUrl` of the sealed files among them. */
  async files(caller: Caller, run: RunKey, baseUrl: string): Promise<readonly HistoryStretchView[]> {
    await this.#runAccess.requireRead(caller, run);
    const sign = (key: string): Promise<string> =>
      this.#blobs.sign({ baseUrl, key, method: "GET", expiresInSeconds: FILE_ADDRESS_SECONDS });
    const stretches = await this.#reader.files(keyOf(run));
    return Promise.all(
      stretches.map(async ({ part, ...stretch }) => {
        if (part === null) return { ...stretch, file: null };
        const { tableKey, tableBytes, besideKey, besideBytes } = part;
        const [tableUrl, besideUrl] = await Promise.all([sign(tableKey), sign(besideKey)]);
        return { ...stretch, file: { tableUrl, tableBytes, besideUrl, besideBytes } };
      }),
    );
  }

  /** System metric rows. */
  async events(caller: Caller, run: RunKey, samples: number | null): Promise<readonly string[]> {
    await this.#runAccess.requireRead(caller, run);
    return this.#reader.events({ ...keyOf(run), samples });
  }

  /** The last system metrics as JSON text; null when there are none. */
  async systemMetrics(caller: Caller, run: RunKey): Promise<string | null> {
    await this.#runAccess.requireRead(caller, run);
    return this.#reader.systemMetrics(keyOf(run));
  }

  /** Line counts and last lines. */
  async tails(caller: Caller, run: RunKey): Promise<HistoryTails> {
    await this.#runAccess.requireRead(caller, run);
    return this.#reader.tails(keyOf(run));
  }

  /** Line counts of several runs, in the order asked for. */
  async lineCounts(caller: Caller, runs: readonly RunKey[]): Promise<readonly LineCounts[]> {
    await this.#requireReadAll(caller, runs);
    return this.#reader.lineCounts({ runs: runs.map(keyOf) });
  }

  /** A page of console lines. Throws `invalid_argument` for bad paging. */
  async console(caller: Caller, run: RunKey, request: ConsoleRequest): Promise<ConsolePage> {
    await this.#runAccess.requireRead(caller, run);
    return readConsolePage(this.#log, keyOf(run), request);
  }

  async #requireReadAll(caller: Caller, runs: readonly RunKey[]): Promise<void> {
    for (const projectId of new Set(runs.map((run) => run.projectId))) {
      await this.#runAccess.requireRead(caller, { projectId });
    }
  }
}

function requireWithin(field: string, count: number, most: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= most) return;
  throw new ServerError("invalid_argument", `${field}: expected 1 to ${most}, found ${count}`, { field });
}

function keyOf({ projectId, runId }: RunKey): RunKey {
  return { projectId, runId };
}
