// Opens a database file and sets it up, with advice when the machine does not allow it.
import Database from "better-sqlite3";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { ServerError } from "../../errors.ts";
import { toServerError } from "./sqlite-errors.ts";

/**
 * Opens the file at `path`, made when it is not there, and gives it to `setUp`; closes it again when that throws.
 * Throws `unavailable` when the folder is missing or the file cannot be opened or written.
 */
export function openFile(
  path: string,
  timeoutMs: number,
  setUp: (database: Database.Database) => void,
): Database.Database {
  if (!existsSync(dirname(path))) {
    throw new ServerError("unavailable", `The folder of ${path} does not exist.`);
  }
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { timeout: timeoutMs });
    setUp(database);
    return database;
  } catch (error) {
    database?.close();
    throw toServerError(error, path);
  }
}
