import type { Migration } from "kysely/migration";
import * as identity from "./metadata/0001-identity.ts";
import * as runs from "./metadata/0002-runs.ts";
import * as files from "./metadata/0003-files.ts";
import * as artifacts from "./metadata/0004-artifacts.ts";
import * as background from "./metadata/0005-background.ts";
import * as artifactLives from "./metadata/0006-artifact-lives.ts";
import * as registries from "./metadata/0007-registries.ts";
import * as people from "./metadata/0008-people.ts";
import * as sweeps from "./metadata/0009-sweeps.ts";
import * as launch from "./metadata/0010-launch.ts";
import * as automations from "./metadata/0011-automations.ts";
import * as reports from "./metadata/0012-reports.ts";
import * as artifactLists from "./metadata/0013-artifact-lists.ts";

/** The migrations of the metadata database; a migration that was released never changes. */
export const metadataMigrations: Readonly<Record<string, Migration>> = {
  "0001-identity": identity,
  "0002-runs": runs,
  "0003-files": files,
  "0004-artifacts": artifacts,
  "0005-background": background,
  "0006-artifact-lives": artifactLives,
  "0007-registries": registries,
  "0008-people": people,
  "0009-sweeps": sweeps,
  "0010-launch": launch,
  "0011-automations": automations,
  "0012-reports": reports,
  "0013-artifact-lists": artifactLists,
};
