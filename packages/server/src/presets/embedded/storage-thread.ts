/** The storage thread as the main thread sees it: stores to call, and an end. */
import { Worker } from "node:worker_threads";
import { createRemote } from "../../adapters/threads/create-remote.ts";
import type { StorageServices } from "./storage.ts";

/** What the thread itself is told. */
export interface StorageLifecycle {
  /** Opens the data folder; rejects with a sentence for the operator when it cannot. */
  open(request: { readonly folder: string }): Promise<void>;
  /** Finishes what runs and closes everything; nothing is served afterwards. */
  close(): Promise<void>;
}

/** The running thread. */
export interface StorageThread {
  readonly services: StorageServices;
  /** Closes the stores and ends the thread. */
  close(): Promise<void>;
}

interface ThreadServices extends StorageServices {
  readonly lifecycle: StorageLifecycle;
}

/**
 * Starts the thread and opens the data folder in it. `onEnd` is called when the thread ends without being told to.
 *
 * @throws {ServerError} as `openStorage` does.
 */
export async function startStorageThread(
  folder: string,
  onEnd: (cause: unknown) => void,
): Promise<StorageThread> {
  const worker = new Worker(new URL("./storage-worker.ts", import.meta.url), { name: "storage" });
  let isClosing = false;
  let failure: unknown;
  worker.on("error", (error: unknown) => {
    failure = error;
  });
  worker.on("exit", (code) => {
    if (!isClosing) onEnd(failure ?? new Error(`the storage thread ended with code ${code}`));
  });
  const lifecycle = createRemote<ThreadServices, "lifecycle">(worker, "lifecycle");
  const end = async (): Promise<void> => {
    isClosing = true;
    try {
      await lifecycle.close();
    } finally {
      await worker.terminate();
    }
  };
  try {
    await lifecycle.open({ folder });
  } catch (error) {
    await end();
    throw error;
  }
  return {
    services: {
      users: createRemote<StorageServices, "users">(worker, "users"),
      entities: createRemote<StorageServices, "entities">(worker, "entities"),
      projects: createRemote<StorageServices, "projects">(worker, "projects"),
      members: createRemote<StorageServices, "members">(worker, "members"),
      runs: createRemote<StorageServices, "runs">(worker, "runs"),
      files: createRemote<StorageServices, "files">(worker, "files"),
      alerts: createRemote<StorageServices, "alerts">(worker, "alerts"),
      artifacts: createRemote<StorageServices, "artifacts">(worker, "artifacts"),
      log: createRemote<StorageServices, "log">(worker, "log"),
      ingest: createRemote<StorageServices, "ingest">(worker, "ingest"),
      history: createRemote<StorageServices, "history">(worker, "history"),
      tailIndexer: createRemote<StorageServices, "tailIndexer">(worker, "tailIndexer"),
      feed: createRemote<StorageServices, "feed">(worker, "feed"),
      tasks: createRemote<StorageServices, "tasks">(worker, "tasks"),
    },
    close: end,
  };
}
