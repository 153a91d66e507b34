import type { Migration } from "kysely/migration";

/** The migrations of the history database; a migration that was released never changes. */
export const historyMigrations: Readonly<Record<string, Migration>> = {};
