/** Checks one database as such: its pages and indexes, its foreign keys, and that this version knows its migrations. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import Database from "better-sqlite3";
import { sql } from "kysely";
import type { Findings } from "../../modules/integrity/findings.ts";
import type { Migrations } from "./migrate.ts";
import { openReadOnly } from "./read-only.ts";
import type { ReadOnlyDatabase } from "./read-only.ts";

/** Which database. */
export interface DatabaseCheck {
  readonly path: string;
  readonly migrations: Migrations;
  readonly findings: Findings;
  /** Whether a file without any table is in order: one that can be built anew and is not waited for. @default false */
  readonly mayBeEmpty?: boolean;
}

/** The most that is said of one database's damage. */
const MAX_ERRORS = 20;

/** Opens a database and checks it; undefined when it cannot be read any further. The caller closes it. */
export async function checkDatabase<Tables>({
  path,
  migrations,
  findings,
  mayBeEmpty = false,
}: DatabaseCheck): Promise<ReadOnlyDatabase<Tables> | undefined> {
  const name = basename(path);
  findings.progress(`Checking ${name}`, 0, null);
  if (!existsSync(path)) {
    findings.problem("database", name, "The database is missing.");
    return undefined;
  }
  findings.counts.databases += 1;
  let opened: ReadOnlyDatabase<Tables> | undefined;
  try {
    opened = await openReadOnly<Tables>(path);
    const isWhole = checkPages(opened, name, findings);
    checkForeignKeys(opened, name, findings);
    const isKnown = await checkMigrations(opened, { name, migrations, findings, mayBeEmpty });
    if (isWhole && isKnown) return opened;
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) {
      await opened?.close();
      throw error;
    }
    findings.problem("database", name, `SQLite cannot read it: ${error.message} (${error.code}).`);
  }
  await opened?.close();
  return undefined;
}

function checkPages<Tables>(database: ReadOnlyDatabase<Tables>, name: string, findings: Findings): boolean {
  const answers = database
    .pragma(`integrity_check(${MAX_ERRORS})`)
    .map((row) => memberOf(row, "integrity_check"))
    .flatMap((text) => text.split("\n"))
    .filter((text) => text !== "ok");
  for (const answer of answers) findings.problem("database", name, `SQLite's integrity check: ${answer}.`);
  return answers.length === 0;
}

function checkForeignKeys<Tables>(
  database: ReadOnlyDatabase<Tables>,
  name: string,
  findings: Findings,
): void {
  for (const row of database.pragma("foreign_key_check").slice(0, MAX_ERRORS)) {
    const place = `row ${memberOf(row, "rowid")} of ${memberOf(row, "table")}`;
    findings.problem(
      "database",
      name,
      `${place} names a row of ${memberOf(row, "parent")} that is not there.`,
    );
  }
}

async function checkMigrations<Tables>(
  database: ReadOnlyDatabase<Tables>,
  { name, migrations, findings, mayBeEmpty }: Omit<DatabaseCheck, "path"> & { readonly name: string },
): Promise<boolean> {
  const tables = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(
    database.db,
  );
  if (tables.rows.length === 0 && mayBeEmpty === true) return false;
  if (!tables.rows.some((table) => table.name === "kysely_migration")) {
    findings.problem("database", name, "It holds none of this server's tables.");
    return false;
  }
  const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(
    database.db,
  );
  const names = applied.rows.map((row) => row.name);
  const unknown = names.filter((each) => !Object.hasOwn(migrations, each));
  const missing = Object.keys(migrations).filter((each) => !names.includes(each));
  for (const each of unknown) {
    findings.problem(
      "database",
      name,
      `It was made by a newer version: the migration ${each} is not known here.`,
    );
  }
  if (missing.length > 0) {
    const list = missing.join(", ");
    findings.note(
      "database",
      name,
      `An older version wrote it; check it again after the next start, which brings it up to date (${list}).`,
    );
  }
  return unknown.length === 0 && missing.length === 0;
}

function memberOf(row: unknown, key: string): string {
  const value: unknown = typeof row === "object" && row !== null ? Reflect.get(row, key) : undefined;
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}
