// Reads from the tables of runs what columns are filled from, and nothing else.
import type { Kysely } from "kysely";
import type { PlainColumn, RunFieldSource, SourceRow } from "./run-field-source.ts";
import type { MetadataTables } from "./tables.ts";

/** What several fields stand in together. */
export interface SourceNeeds {
  readonly columns: readonly PlainColumn[];
  readonly isUsername: boolean;
  /** Members of the documents; undefined where a document is not needed at all. */
  readonly config: readonly string[] | undefined;
  readonly summary: readonly string[] | undefined;
}

/** What the sources need. */
export function needsOf(sources: readonly RunFieldSource[]): SourceNeeds {
  return {
    columns: [...new Set(sources.flatMap((source) => source.columns))],
    isUsername: sources.some((source) => source.isUsername),
    config: keysOf(sources, "config"),
    summary: keysOf(sources, "summary"),
  };
}

function keysOf(
  sources: readonly RunFieldSource[],
  name: "config" | "summary",
): readonly string[] | undefined {
  const documents = sources.flatMap(({ document }) => (document?.name === name ? [document] : []));
  return documents.length === 0 ? undefined : [...new Set(documents.flatMap((document) => document.keys))];
}

/** Runs with ids after `afterRunId` and before `beforeRunId`, ascending. */
export async function readSourceRows(
  db: Kysely<MetadataTables>,
  needs: SourceNeeds,
  request: {
    readonly projectId: number;
    readonly afterRunId: number;
    readonly beforeRunId: number;
    readonly limit: number;
  },
): Promise<readonly SourceRow[]> {
  const { projectId, afterRunId, beforeRunId, limit } = request;
  if (
    needs.columns.length === 0 &&
    !needs.isUsername &&
    needs.summary === undefined &&
    needs.config !== undefined
  ) {
    return db
      .selectFrom("run_configs")
      .select(["run_id", "seq", "config"])
      .where("project_id", "=", projectId)
      .where("run_id", ">", afterRunId)
      .where("run_id", "<", beforeRunId)
      .orderBy("run_id")
      .limit(limit)
      .execute();
  }
  return selectSources(db, needs, 0)
    .where("runs.project_id", "=", projectId)
    .where("runs.run_id", ">", afterRunId)
    .where("runs.run_id", "<", beforeRunId)
    .orderBy("runs.run_id")
    .limit(limit)
    .execute();
}

/** Runs changed after `afterSeq`, oldest change first; with the configs changed after `configAfterSeq`. */
export async function readChangedSourceRows(
  db: Kysely<MetadataTables>,
  needs: SourceNeeds,
  request: {
    readonly projectId: number;
    readonly afterSeq: number;
    readonly configAfterSeq: number;
    readonly limit: number;
  },
): Promise<readonly SourceRow[]> {
  return selectSources(db, needs, request.configAfterSeq)
    .where("runs.project_id", "=", request.projectId)
    .where("runs.seq", ">", request.afterSeq)
    .orderBy("runs.seq")
    .limit(request.limit)
    .execute();
}

function selectSources(db: Kysely<MetadataTables>, needs: SourceNeeds, configAfterSeq: number) {
  return db
    .selectFrom("runs")
    .select(["runs.run_id", "runs.seq"])
    .select(needs.columns.map((column) => `runs.${column}` as const))
    .$if(needs.summary !== undefined, (query) => query.select("runs.summary"))
    .$if(needs.config !== undefined, (query) =>
      query
        .leftJoin("run_configs", (join) =>
          join
            .onRef("run_configs.project_id", "=", "runs.project_id")
            .onRef("run_configs.run_id", "=", "runs.run_id")
            .on("run_configs.seq", ">", configAfterSeq),
        )
        .select("run_configs.config"),
    )
    .$if(needs.isUsername, (query) =>
      query.select((eb) =>
        eb
          .selectFrom("users")
          .select("users.username")
          .whereRef("users.id", "=", "runs.user_id")
          .as("username"),
      ),
    );
}

/** Whether more than so many runs changed after a number. */
export async function hasChangedMore(
  db: Kysely<MetadataTables>,
  request: { readonly projectId: number; readonly afterSeq: number; readonly count: number },
): Promise<boolean> {
  const rows = await db
    .selectFrom("runs")
    .select("seq")
    .where("project_id", "=", request.projectId)
    .where("seq", ">", request.afterSeq)
    .orderBy("seq")
    .limit(request.count + 1)
    .execute();
  return rows.length > request.count;
}
