// One server a data folder. The lock is SQLite's own on a file that holds nothing: the system drops it when the
// process ends, however it ends, which a file with a process id in it does not promise.
import { join } from "node:path";
import { ServerError } from "../../errors.ts";
import { openFile } from "./open-file.ts";
import { isBusy } from "./sqlite-errors.ts";

/** A held lock. */
export interface FolderLock {
  /** Lets another server have the folder. Releasing twice is no error. */
  release(): void;
}

/**
 * Takes the lock of a data folder for this process's life or until `release`. Throws `conflict` when another server
 * holds it, `unavailable` when the folder cannot be written.
 */
export function lockFolder(folder: string): FolderLock {
  try {
    const held = openFile(join(folder, "lock.db"), 0, (file) => {
      file.pragma("locking_mode = EXCLUSIVE");
      file.exec("BEGIN EXCLUSIVE");
    });
    return { release: () => void held.close() };
  } catch (error) {
    if (!(error instanceof ServerError && isBusy(error.cause))) throw error;
    throw new ServerError(
      "conflict",
      `Another server is using the data folder ${folder}; stop that one or choose another folder.`,
      { cause: error },
    );
  }
}
