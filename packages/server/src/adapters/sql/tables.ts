import type { ArtifactTables } from "./artifact-tables.ts";
import type { AutomationTables } from "./automation-tables.ts";
import type { BackgroundTables } from "./background-tables.ts";
import type { FileTables } from "./file-tables.ts";
import type { IdentityTables } from "./identity-tables.ts";
import type { LaunchTables } from "./launch-tables.ts";
import type { RunTables } from "./run-tables.ts";
import type { SweepTables } from "./sweep-tables.ts";
import type { ViewTables } from "./view-tables.ts";

/** All tables of the metadata database; each module's tables stand in a file of its own. */
export interface MetadataTables
  extends
    IdentityTables,
    RunTables,
    FileTables,
    ArtifactTables,
    AutomationTables,
    BackgroundTables,
    SweepTables,
    LaunchTables,
    ViewTables {}
