// The names of the artifacts that runs used and logged, as filters over `inputArtifacts` and `outputArtifacts` see
// them.
import type { Kysely } from "kysely";
import type { MetadataTables } from "./tables.ts";

/** Whether a run used an artifact or logged it. */
export type ArtifactDirection = "input" | "output";

/** Which names of which runs. */
export interface NamesRequest {
  readonly direction: ArtifactDirection;
  readonly projectId: number;
  readonly runIds: readonly number[];
}

const runsAtOnce = 500;

/**
 * The names by run, in the order in which each run used or logged the artifacts: of each its version `rows:v3`, the
 * aliases it has now, such as `rows:latest`, and its collection `rows`. Runs without artifacts have no entry.
 */
export async function readArtifactNames(
  db: Kysely<MetadataTables>,
  request: NamesRequest,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const names = new Map<number, Set<string>>();
  for (let start = 0; start < request.runIds.length; start += runsAtOnce) {
    const runIds = request.runIds.slice(start, start + runsAtOnce);
    for (const row of await readRows(db, { ...request, runIds })) {
      const ofRun = names.get(row.run_id) ?? new Set();
      names.set(row.run_id, ofRun);
      ofRun.add(`${row.name}:v${row.version_index}`);
      if (row.alias !== null) ofRun.add(`${row.name}:${row.alias}`);
      ofRun.add(row.name);
    }
  }
  return new Map([...names].map(([runId, ofRun]) => [runId, [...ofRun]]));
}

interface NameRow {
  readonly run_id: number;
  readonly name: string;
  readonly version_index: number;
  readonly alias: string | null;
}

function readRows(db: Kysely<MetadataTables>, request: NamesRequest): Promise<readonly NameRow[]> {
  const uses = db
    .selectFrom(request.direction === "input" ? "artifact_inputs" : "artifact_outputs")
    .select(["id", "run_id", "artifact_id"])
    .where("project_id", "=", request.projectId)
    .where("run_id", "in", request.runIds);
  return db
    .selectFrom(uses.as("uses"))
    .innerJoin("artifact_memberships", "artifact_memberships.artifact_id", "uses.artifact_id")
    .innerJoin("artifact_collections", "artifact_collections.id", "artifact_memberships.collection_id")
    .leftJoin("artifact_aliases", (join) =>
      join
        .onRef("artifact_aliases.artifact_id", "=", "uses.artifact_id")
        .onRef("artifact_aliases.collection_id", "=", "artifact_memberships.collection_id"),
    )
    .select([
      "uses.run_id",
      "artifact_collections.name",
      "artifact_memberships.version_index",
      "artifact_aliases.alias",
    ])
    .orderBy("uses.id")
    .orderBy("artifact_aliases.alias")
    .execute();
}
