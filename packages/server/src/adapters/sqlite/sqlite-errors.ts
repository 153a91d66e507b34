// What SQLite says when the machine fails it, as errors that an operator can act on.
import Database from "better-sqlite3";
import { ServerError } from "../../errors.ts";

/** The same error with a code and advice when the machine is at fault; any other error as it is. */
export function toServerError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const sentence = sentenceFor(error.code, path);
  if (sentence === undefined) return error;
  return new ServerError("unavailable", `${sentence} (${error.code}: ${error.message})`, { cause: error });
}

/** Whether an error says that another connection holds the database. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

function sentenceFor(code: string, path: string): string | undefined {
  if (code === "SQLITE_FULL") return `The disk is full; ${path} could not be written. Free some space on it`;
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return `Another program holds ${path}. Let it finish or stop it`;
  if (/^SQLITE_(READONLY|PERM|CANTOPEN|AUTH)/.test(code))
    return `${path} cannot be written. Check that its folder exists and who owns it`;
  if (code.startsWith("SQLITE_IOERR")) return `Reading or writing ${path} failed. Check the disk`;
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return `${path} is not a sound SQLite database. Restore it from a backup`;
  return undefined;
}
