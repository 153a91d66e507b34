import type { Migration } from "kysely/migration";
import * as segments from "./index/0001-segments.ts";

/** The migrations of the index database, all of which can be built again from the others. */
export const indexMigrations: Readonly<Record<string, Migration>> = {
  "0001-segments": segments,
};
