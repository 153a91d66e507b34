/** Puts on disk what the system still holds: folders whose entries changed, and everything at once. */
import { execFile } from "node:child_process";
import { open } from "node:fs/promises";

/** Makes renames in folders survive a power cut. Those who ask while a folder is being synced share the next time. */
export class FolderSync {
  readonly #running: Map<string, Promise<void>> = new Map();
  readonly #next: Map<string, Promise<void>> = new Map();

  /** Ends when every rename in the folder that ended before the call is on disk. */
  sync(folder: string): Promise<void> {
    // Windows keeps its own journal and does not open folders.
    if (process.platform === "win32") return Promise.resolve();
    const running = this.#running.get(folder);
    if (running === undefined) return this.#start(folder);
    let next = this.#next.get(folder);
    if (next === undefined) {
      next = running
        .catch(() => undefined)
        .then(() => {
          this.#next.delete(folder);
          return this.#start(folder);
        });
      this.#next.set(folder, next);
    }
    return next;
  }

  #start(folder: string): Promise<void> {
    const started = syncFolder(folder).finally(() => {
      if (this.#running.get(folder) === started) this.#running.delete(folder);
    });
    this.#running.set(folder, started);
    return started;
  }
}

/**
 * Puts everything of a folder's file system on disk with one call, which Node.js does not offer; returns false where
 * the system has no such command.
 */
export function syncFileSystem(folder: string): Promise<boolean> {
  if (process.platform !== "linux") return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  execFile("sync", ["-f", folder], (error) => resolve(error === null));
  return promise;
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}
