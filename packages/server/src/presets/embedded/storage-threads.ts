/**
 * The storage threads as the main thread sees them: stores to call, and an end. There are two, so that a page of runs
 * does not wait for lines that are being parsed, compressed and stored.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import { createRemote } from "../../adapters/threads/create-remote.ts";
import { rememberReads } from "../../adapters/threads/remember-reads.ts";
import { SharedVersion } from "../../adapters/threads/shared-version.ts";
import type { ThreadData, ThreadLifecycle } from "./serve-thread.ts";
import type { StorageServices } from "./storage.ts";

/** The running threads. */
export interface StorageThreads {
  readonly services: StorageServices;
  /** Closes the stores and ends the threads. */
  close(): Promise<void>;
}

/** Little beside what a commit takes, and many requests when there are thousands a second. */
const INGEST_PATIENCE_MS = 4;

/** A third of it is the room for new objects between two collections. */
const YOUNG_MIB = 24;

interface ThreadServices extends StorageServices {
  readonly lifecycle: ThreadLifecycle;
}

/**
 * Starts the threads and opens the data folder in them. `onEnd` is called when one ends without being told to.
 *
 * @throws {ServerError} as `openStorage` does.
 */
export async function startStorageThreads(
  folder: string,
  onEnd: (cause: unknown) => void,
): Promise<StorageThreads> {
  const permissions = new SharedVersion();
  const toMetadata = new MessageChannel();
  const toHistory = new MessageChannel();
  const common = { folder, permissions: permissions.memory };
  const metadata = new StorageThread("metadata", onEnd, {
    ...common,
    calledBy: toMetadata.port1,
    calls: toHistory.port2,
  });
  const history = new StorageThread("history", onEnd, {
    ...common,
    calledBy: toHistory.port1,
    calls: toMetadata.port2,
  });
  // The ingest still needs the runs' documents while it finishes.
  const close = async (): Promise<void> => {
    await history.close();
    await metadata.close();
  };
  try {
    // Metadata first: it takes the folder's lock.
    await metadata.open();
    await history.open();
  } catch (error) {
    await close();
    throw error;
  }
  const { worker: m } = metadata;
  const { worker: h } = history;
  return {
    services: {
      users: createRemote<StorageServices, "users">(m, "users"),
      entities: rememberReads(
        createRemote<StorageServices, "entities">(m, "entities"),
        ["find", "findOrganization", "rolesOf"],
        permissions,
      ),
      invites: createRemote<StorageServices, "invites">(m, "invites"),
      projects: rememberReads(
        createRemote<StorageServices, "projects">(m, "projects"),
        ["find"],
        permissions,
      ),
      members: rememberReads(createRemote<StorageServices, "members">(m, "members"), ["roleOf"], permissions),
      runs: createRemote<StorageServices, "runs">(m, "runs"),
      sweeps: createRemote<StorageServices, "sweeps">(m, "sweeps"),
      sweepAgents: createRemote<StorageServices, "sweepAgents">(m, "sweepAgents"),
      sweepRuns: createRemote<StorageServices, "sweepRuns">(m, "sweepRuns"),
      files: createRemote<StorageServices, "files">(m, "files"),
      alerts: createRemote<StorageServices, "alerts">(m, "alerts"),
      artifacts: createRemote<StorageServices, "artifacts">(m, "artifacts"),
      registrySearch: createRemote<StorageServices, "registrySearch">(m, "registrySearch"),
      portfolios: createRemote<StorageServices, "portfolios">(m, "portfolios"),
      runQueues: createRemote<StorageServices, "runQueues">(m, "runQueues"),
      runQueueItems: createRemote<StorageServices, "runQueueItems">(m, "runQueueItems"),
      launchAgents: createRemote<StorageServices, "launchAgents">(m, "launchAgents"),
      artifactCollections: createRemote<StorageServices, "artifactCollections">(m, "artifactCollections"),
      artifactRemovals: createRemote<StorageServices, "artifactRemovals">(m, "artifactRemovals"),
      views: createRemote<StorageServices, "views">(m, "views"),
      customCharts: createRemote<StorageServices, "customCharts">(m, "customCharts"),
      log: createRemote<StorageServices, "log">(h, "log"),
      ingest: createRemote<StorageServices, "ingest">(h, "ingest", {
        handsOver: "body",
        patienceMs: INGEST_PATIENCE_MS,
      }),
      history: createRemote<StorageServices, "history">(h, "history"),
      metricValues: createRemote<StorageServices, "metricValues">(h, "metricValues"),
      tailIndexer: createRemote<StorageServices, "tailIndexer">(h, "tailIndexer"),
      sealedParts: createRemote<StorageServices, "sealedParts">(h, "sealedParts"),
      sealingActivity: createRemote<StorageServices, "sealingActivity">(h, "sealingActivity"),
      automations: createRemote<StorageServices, "automations">(m, "automations"),
      executions: createRemote<StorageServices, "executions">(m, "executions"),
      integrations: createRemote<StorageServices, "integrations">(m, "integrations"),
      secrets: createRemote<StorageServices, "secrets">(m, "secrets"),
      feed: createRemote<StorageServices, "feed">(m, "feed"),
      tasks: createRemote<StorageServices, "tasks">(m, "tasks"),
      columns: createRemote<StorageServices, "columns">(m, "columns"),
    },
    close,
  };
}

/** One of the threads. */
class StorageThread {
  readonly worker: Worker;
  readonly #lifecycle: ThreadLifecycle;
  #isClosing = false;

  constructor(name: "metadata" | "history", onEnd: (cause: unknown) => void, data: ThreadData) {
    this.worker = new Worker(new URL(`./${name}-worker.ts`, import.meta.url), {
      name,
      // New objects live so briefly that more room for them takes memory and gains nothing.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
      workerData: data,
      transferList: [data.calledBy, data.calls],
    });
    this.#lifecycle = createRemote<ThreadServices, "lifecycle">(this.worker, "lifecycle");
    let failure: unknown;
    this.worker.on("error", (error: unknown) => {
      failure = error;
    });
    this.worker.on("exit", (code) => {
      if (!this.#isClosing) onEnd(failure ?? new Error(`the ${name} thread ended with code ${code}`));
    });
  }

  open(): Promise<void> {
    return this.#lifecycle.open();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    try {
      await this.#lifecycle.close();
    } finally {
      await this.worker.terminate();
    }
  }
}
