/** Holds a data folder against servers that would start meanwhile, without writing into it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { ServerError } from "../../errors.ts";
import type { FolderLock } from "./folder-lock.ts";
import { isBusy } from "./sqlite-errors.ts";

/**
 * Takes a lock that servers respect and that other readers share.
 *
 * @throws {ServerError} `conflict` when a server uses the folder.
 */
export function shareFolder(folder: string): FolderLock {
  const path = join(folder, "lock.db");
  // A folder that no server ever had, or a copy of one, has no lock and needs none.
  if (!existsSync(path)) return { release: () => undefined };
  const held = new Database(path, { readonly: true, timeout: 0 });
  try {
    // The lock is SQLite's own: it begins with the first read of a transaction and lasts as long as that.
    held.exec("BEGIN");
    held.prepare("SELECT count(*) FROM sqlite_master").get();
    return { release: () => void held.close() };
  } catch (error) {
    held.close();
    if (!isBusy(error)) throw error;
    throw new ServerError("conflict", `A server is using the data folder ${folder}; stop it first.`, {
      cause: error,
    });
  }
}
