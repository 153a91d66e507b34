/** What both storage threads do when they start: wait to be told to open, then serve until told to close. */
import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { giveBackMemorySoon } from "../../adapters/node/give-back-memory.ts";
import { serveServices } from "../../adapters/threads/serve-services.ts";

/** What a storage thread is told. */
export interface ThreadLifecycle {
  /** Opens the thread's part of the data folder; rejects with a sentence for the operator when it cannot. */
  open(): Promise<void>;
  /** Finishes what runs and closes everything; nothing is served afterwards. */
  close(): Promise<void>;
}

/** What a storage thread is started with. */
export interface ThreadData {
  readonly folder: string;
  /** Where the other storage thread calls this one. */
  readonly calledBy: MessagePort;
  /** Where this thread calls the other one. */
  readonly calls: MessagePort;
  /** Memory of the `SharedVersion` that grows before permissions change. */
  readonly permissions: SharedArrayBuffer;
}

/** What this thread was started with. */
export function readThreadData(): ThreadData {
  // Whatever starts these threads lies beside them in this folder; Node does not keep the type.
  return workerData as ThreadData;
}

/** Serves what `open` opens, to the main thread and to the other storage thread. Throws outside a worker thread. */
export function serveThread(
  calledBy: MessagePort,
  open: () => Promise<{ readonly services: object; close(): Promise<void> }>,
): void {
  if (parentPort === null) throw new Error("a storage thread runs as a worker thread only");
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  const lifecycle: ThreadLifecycle = {
    async open() {
      opened = await open();
      // The calls that may come before this are only those of `lifecycle`.
      Object.assign(served, opened.services);
      giveBackMemorySoon();
    },
    async close() {
      await opened?.close();
      opened = undefined;
    },
  };
  const served: Record<string, object> = { lifecycle };
  serveServices(parentPort, served);
  serveServices(calledBy, served);
}
