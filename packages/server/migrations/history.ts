import type { Migration } from "kysely/migration";
import * as lines from "./history/0001-lines.ts";
import * as sealed from "./history/0002-sealed.ts";
import * as journal from "./history/0003-journal.ts";

/** The migrations of the history database; a migration that was released never changes. */
export const historyMigrations: Readonly<Record<string, Migration>> = {
  "0001-lines": lines,
  "0002-sealed": sealed,
  "0003-journal": journal,
};
