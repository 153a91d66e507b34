/** The files of runs in a SQL table. */
import { sql } from "kysely";
import type { ExpressionBuilder, Kysely, Selectable, SelectQueryBuilder, Transaction } from "kysely";
import type {
  FileCompletion,
  FileNames,
  FilePage,
  FileQuery,
  FileStore,
} from "../../modules/files/file-store.ts";
import type { RunFile } from "../../modules/files/run-file.ts";
import type { RunKey } from "../../modules/history/history-log.ts";
import type { RunFileRow } from "./file-tables.ts";
import { appendEvents } from "./outbox.ts";
import type { MetadataTables } from "./tables.ts";

/** Parameters of one statement stay far below the limit of every dialect. */
const CHUNK = 500;

/** `FileStore` over any SQL dialect. */
export class SqlFileStore implements FileStore {
  readonly #db: Kysely<MetadataTables>;

  constructor(parts: { readonly db: Kysely<MetadataTables> }) {
    this.#db = parts.db;
  }

  announce({
    projectId,
    runId,
    names,
    now,
  }: FileNames & { readonly now: string }): Promise<readonly RunFile[]> {
    return this.#db.transaction().execute(async (trx) => {
      const found = new Map<string, RunFile>();
      for (const chunk of chunksOf([...new Set(names)])) {
        await trx
          .insertInto("run_files")
          .values(
            chunk.map((name) => ({
              project_id: projectId,
              run_id: runId,
              name,
              created_at: now,
              updated_at: now,
            })),
          )
          .onConflict((conflict) => conflict.columns(["project_id", "run_id", "name"]).doNothing())
          .execute();
        const rows = await ofRun(trx, { projectId, runId }).selectAll().where("name", "in", chunk).execute();
        for (const row of rows) found.set(row.name, toFile(row));
      }
      return names.flatMap((name) => found.get(name) ?? []);
    });
  }

  complete({ projectId, runId, fileId, content, now }: FileCompletion): Promise<RunFile | undefined> {
    return this.#db.transaction().execute(async (trx) => {
      const before = await ofRun(trx, { projectId, runId })
        .select("blob_key")
        .where("file_id", "=", fileId)
        .executeTakeFirst();
      if (before === undefined) return undefined;
      const row = await trx
        .updateTable("run_files")
        .set({ blob_key: content.blobKey, size_bytes: content.sizeBytes, md5: content.md5, updated_at: now })
        .where("project_id", "=", projectId)
        .where("run_id", "=", runId)
        .where("file_id", "=", fileId)
        .returningAll()
        .executeTakeFirstOrThrow();
      if (before.blob_key !== content.blobKey) await appendDeleted(trx, { projectId, runId, now }, [before]);
      return toFile(row);
    });
  }

  async find({ projectId, runId, name }: RunKey & { readonly name: string }): Promise<RunFile | undefined> {
    const row = await withContent(ofRun(this.#db, { projectId, runId }))
      .selectAll()
      .where("name", "=", name)
      .executeTakeFirst();
    return row && toFile(row);
  }

  async list(query: FileQuery): Promise<FilePage> {
    const { totalCount } = await matching(this.#db, query)
      .select((eb) => eb.fn.countAll<number>().as("totalCount"))
      .executeTakeFirstOrThrow();
    const page = matching(this.#db, query)
      .selectAll()
      .orderBy("name")
      .limit(query.limit + 1);
    const rows = await (query.after === null ? page : page.where("name", ">", query.after)).execute();
    return {
      files: rows.slice(0, query.limit).map(toFile),
      hasNextPage: rows.length > query.limit,
      totalCount,
    };
  }

  async count(run: RunKey): Promise<number> {
    const { count } = await withContent(ofRun(this.#db, run))
      .select((eb) => eb.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return count;
  }

  delete(request: RunKey & { readonly fileIds: readonly number[]; readonly now: string }): Promise<number> {
    return this.#db.transaction().execute(async (trx) => {
      let count = 0;
      for (const fileIds of chunksOf(request.fileIds)) {
        const rows = await deleteOfRun(trx, request)
          .where("file_id", "in", fileIds)
          .returning("blob_key")
          .execute();
        await appendDeleted(trx, request, rows);
        count += rows.length;
      }
      return count;
    });
  }

  deleteRun(request: RunKey & { readonly now: string }): Promise<void> {
    return this.#db.transaction().execute(async (trx) => {
      await appendDeleted(trx, request, await deleteOfRun(trx, request).returning("blob_key").execute());
    });
  }
}

type Files<Output> = SelectQueryBuilder<MetadataTables, "run_files", Output>;

function ofRun(db: Kysely<MetadataTables>, { projectId, runId }: RunKey): Files<object> {
  return db.selectFrom("run_files").where("project_id", "=", projectId).where("run_id", "=", runId);
}

function deleteOfRun(db: Kysely<MetadataTables>, { projectId, runId }: RunKey) {
  return db.deleteFrom("run_files").where("project_id", "=", projectId).where("run_id", "=", runId);
}

function withContent<Output>(files: Files<Output>): Files<Output> {
  return files.where("blob_key", "is not", null);
}

function matching(db: Kysely<MetadataTables>, { names, pattern, ...run }: FileQuery): Files<object> {
  return withContent(ofRun(db, run))
    .$if(names !== null, (files) => files.where("name", "in", names ?? []))
    .$if(pattern !== null, (files) => files.where((eb) => isLike(eb, pattern ?? "")));
}

function isLike(eb: ExpressionBuilder<MetadataTables, "run_files">, pattern: string) {
  return sql<boolean>`lower(${eb.ref("name")}) like lower(${pattern}) escape '\\'`;
}

/** Tells which blobs nobody holds any more. */
async function appendDeleted(
  trx: Transaction<MetadataTables>,
  { projectId, runId, now }: RunKey & { readonly now: string },
  rows: readonly Pick<RunFileRow, "blob_key">[],
): Promise<void> {
  const blobKeys = rows.flatMap((row) => row.blob_key ?? []);
  const events = chunksOf(blobKeys).map((chunk) => ({
    kind: "file.deleted" as const,
    projectId,
    runId,
    payload: JSON.stringify({ blobKeys: chunk }),
    createdAt: now,
  }));
  await appendEvents(trx, events);
}

function chunksOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / CHUNK);
  return Array.from({ length: count }, (_, index) => items.slice(index * CHUNK, (index + 1) * CHUNK));
}

function toFile(row: Selectable<RunFileRow>): RunFile {
  const { blob_key: blobKey, size_bytes: sizeBytes, md5 } = row;
  const isStored = blobKey !== null && sizeBytes !== null && md5 !== null;
  return {
    projectId: row.project_id,
    runId: row.run_id,
    fileId: row.file_id,
    name: row.name,
    content: isStored ? { blobKey, sizeBytes, md5 } : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
