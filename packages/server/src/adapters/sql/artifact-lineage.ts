// Which runs used and logged which versions, in SQL tables.
import type { Kysely } from "kysely";
import type {
  ArtifactLineageStore,
  ArtifactLink,
  ArtifactUse,
  ArtifactUser,
  LinkQuery,
  RunArtifactPage,
  RunArtifactQuery,
} from "../../modules/artifacts/artifact-lineage-store.ts";
import { selectArtifacts, toArtifacts } from "./artifact-rows.ts";
import { renumberRun } from "./run-renumbering.ts";
import type { MetadataTables } from "./tables.ts";

/** `ArtifactLineageStore` over any SQL dialect. */
export class SqlArtifactLineageStore implements ArtifactLineageStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  use(request: ArtifactUse): Promise<void> {
    return this.#db.transaction().execute(async (trx) => {
      await renumberRun(trx, request);
      await trx
        .insertInto("artifact_inputs")
        .values({
          project_id: request.projectId,
          run_id: request.runId,
          artifact_id: request.artifactId,
          used_as: request.usedAs,
          created_at: request.now,
        })
        .onConflict((conflict) =>
          conflict.columns(["project_id", "run_id", "artifact_id"]).doUpdateSet((eb) => ({
            used_as: eb.fn.coalesce("excluded.used_as", "artifact_inputs.used_as"),
          })),
        )
        .execute();
    });
  }

  async listByRun(request: RunArtifactQuery): Promise<RunArtifactPage> {
    const { projectId, runId, after, limit } = request;
    const table = request.direction === "input" ? "artifact_inputs" : "artifact_outputs";
    let uses = this.#db.selectFrom(table).where("project_id", "=", projectId).where("run_id", "=", runId);
    const { count } = await uses
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    if (after !== null) uses = uses.where("id", ">", after);
    const page = await uses
      .select(["id", "artifact_id"])
      .orderBy("id")
      .limit(limit + 1)
      .execute();
    const shown = page.slice(0, limit);
    if (shown.length === 0) return { artifacts: [], hasNextPage: false, totalCount: count };
    const rows = await selectArtifacts(this.#db)
      .where(
        "artifacts.id",
        "in",
        shown.map((use) => use.artifact_id),
      )
      .execute();
    const artifacts = new Map((await toArtifacts(this.#db, rows)).map((artifact) => [artifact.id, artifact]));
    return {
      artifacts: shown.flatMap(({ id, artifact_id }) => {
        const artifact = artifacts.get(artifact_id);
        return artifact === undefined ? [] : [{ position: id, artifact }];
      }),
      hasNextPage: page.length > limit,
      totalCount: count,
    };
  }

  async listLinks(request: LinkQuery): Promise<readonly ArtifactLink[]> {
    const { kind } = request;
    const table = kind === "input" ? "artifact_inputs" : "artifact_outputs";
    const all = this.#db.selectFrom(table).select(["id", "project_id", "run_id", "artifact_id"]);
    const parts =
      "artifactIds" in request
        ? inChunks(request.artifactIds).map((ids) => all.where("artifact_id", "in", ids))
        : [...Map.groupBy(request.runs, (run) => run.projectId)].flatMap(([projectId, runs]) =>
            inChunks(runs.map((run) => run.runId)).map((runIds) =>
              all.where("project_id", "=", projectId).where("run_id", "in", runIds),
            ),
          );
    const links: (ArtifactLink & { readonly id: number })[] = [];
    for (const part of parts) {
      for (const row of await part.execute()) {
        const { id, project_id: projectId, run_id: runId, artifact_id: artifactId } = row;
        links.push({ id, kind, projectId, runId, artifactId });
      }
    }
    links.sort((a, b) => a.id - b.id);
    return links.map(({ projectId, runId, artifactId }) => ({ kind, projectId, runId, artifactId }));
  }

  async listUsers(request: { readonly artifactId: number }): Promise<readonly ArtifactUser[]> {
    const rows = await this.#db
      .selectFrom("artifact_inputs")
      .select(["id", "project_id", "run_id"])
      .where("artifact_id", "=", request.artifactId)
      .orderBy("id")
      .execute();
    return rows.map((row) => ({ position: row.id, projectId: row.project_id, runId: row.run_id }));
  }
}

/** SQLite takes 32,766 parameters in a statement. */
const IDS_AT_ONCE = 1_000;

function inChunks(ids: readonly number[]): readonly (readonly number[])[] {
  const count = Math.ceil(ids.length / IDS_AT_ONCE);
  return Array.from({ length: count }, (_, i) => ids.slice(i * IDS_AT_ONCE, (i + 1) * IDS_AT_ONCE));
}
