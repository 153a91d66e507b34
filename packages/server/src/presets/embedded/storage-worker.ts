/** Entry of the storage thread: opens the data folder when told to, and serves its stores until told to close. */
import { parentPort } from "node:worker_threads";
import { serveServices } from "../../adapters/threads/serve-services.ts";
import { openStorage } from "./storage.ts";
import type { Storage } from "./storage.ts";
import type { StorageLifecycle } from "./storage-thread.ts";

if (parentPort === null) throw new Error("storage-worker.ts runs as a worker thread only");
const port = parentPort;

let storage: Storage | undefined;

const lifecycle: StorageLifecycle = {
  async open({ folder }) {
    storage = await openStorage(folder);
    // The calls that may come before this are only those of `lifecycle`.
    Object.assign(served, storage.services);
  },
  async close() {
    await storage?.close();
    storage = undefined;
  },
};
const served: Record<string, object> = { lifecycle };

serveServices(port, served);
