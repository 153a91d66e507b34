/** Everything in the metadata that refers to a blob. */
import type { Kysely } from "kysely";
import type { BlobReference } from "../fs/blob-check.ts";
import type { MetadataTables } from "./tables.ts";

const PAGE = 1_000;

type Page = readonly (BlobReference & { readonly id: number })[];

/** The blobs of run files, of the manifests and of the contents of artifacts that are stored. */
export async function* blobReferences(
  db: Kysely<MetadataTables>,
): AsyncGenerator<BlobReference, void, undefined> {
  for (const readPage of [runFiles, manifests, contents]) {
    let after = 0;
    for (;;) {
      const page = await readPage(db, after);
      yield* page;
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
  }
}

async function runFiles(db: Kysely<MetadataTables>, after: number): Promise<Page> {
  const rows = await db
    .selectFrom("run_files")
    .leftJoin("runs", (join) =>
      join
        .onRef("runs.project_id", "=", "run_files.project_id")
        .onRef("runs.run_id", "=", "run_files.run_id"),
    )
    .leftJoin("projects", "projects.id", "run_files.project_id")
    .select([
      "run_files.file_id as id",
      "run_files.name as file",
      "runs.name as run",
      "projects.name as project",
      "blob_key",
      "size_bytes",
      "md5",
    ])
    .where("run_files.file_id", ">", after)
    .where("blob_key", "is not", null)
    .orderBy("run_files.file_id")
    .limit(PAGE)
    .execute();
  return rows.map(({ id, file, run, project, ...blob }) => ({
    id,
    key: blob.blob_key ?? "",
    sizeBytes: blob.size_bytes ?? 0,
    md5: blob.md5,
    what: `file ${file} of run ${project ?? "?"}/${run ?? "?"}`,
  }));
}

async function manifests(db: Kysely<MetadataTables>, after: number): Promise<Page> {
  const rows = await db
    .selectFrom("artifact_manifests")
    .select(["id", "artifact_id", "blob_key", "size_bytes", "md5"])
    .where("id", ">", after)
    .where("size_bytes", "is not", null)
    .orderBy("id")
    .limit(PAGE)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    key: row.blob_key,
    sizeBytes: row.size_bytes ?? 0,
    md5: row.md5,
    what: `manifest of artifact ${row.artifact_id}`,
  }));
}

async function contents(db: Kysely<MetadataTables>, after: number): Promise<Page> {
  const rows = await db
    .selectFrom("artifact_contents")
    .select(["id", "project_id", "birth_artifact_id", "blob_key", "size_bytes", "md5"])
    .where("id", ">", after)
    .where("size_bytes", "is not", null)
    .orderBy("id")
    .limit(PAGE)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    key: row.blob_key,
    sizeBytes: row.size_bytes ?? 0,
    md5: row.md5,
    what: `content ${row.id} of project ${row.project_id}, first of artifact ${row.birth_artifact_id}`,
  }));
}
