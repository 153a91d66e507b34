import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { isCodedError } from "../../errors.ts";
import { toServerError } from "./sqlite-errors.ts";

test.each([
  ["SQLITE_FULL", "The disk is full"],
  ["SQLITE_READONLY", "cannot be written"],
  ["SQLITE_READONLY_DBMOVED", "cannot be written"],
  ["SQLITE_CANTOPEN", "cannot be written"],
  ["SQLITE_IOERR_FSYNC", "Check the disk"],
  ["SQLITE_BUSY_SNAPSHOT", "Another program holds"],
  ["SQLITE_CORRUPT_VTAB", "Restore it from a backup"],
])("%s is temporary to clients and tells the operator what to do", (code, advice) => {
  const error = toServerError(new Database.SqliteError("broken", code), "/data/history.sqlite");
  expect(isCodedError(error) && error.code).toBe("unavailable");
  const message = error instanceof Error ? error.message : "";
  expect(message).toContain(advice);
  expect(message).toContain("/data/history.sqlite");
});

test("an error of ours stays what it is", () => {
  const error = new Database.SqliteError("UNIQUE constraint failed", "SQLITE_CONSTRAINT_UNIQUE");
  expect(toServerError(error, "/data/history.sqlite")).toBe(error);
});
