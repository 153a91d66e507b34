import type { Migration } from "kysely/migration";
import * as background from "./metadata/0005-background.ts";

/** The migrations of the metadata database; a migration that was released never changes. */
export const metadataMigrations: Readonly<Record<string, Migration>> = {
  "0005-background": background,
};
