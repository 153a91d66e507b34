/** The check of a stopped server's data folder, a parts list. It changes nothing. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { historyMigrations } from "../../../migrations/history.ts";
import { indexMigrations } from "../../../migrations/index.ts";
import { metadataMigrations } from "../../../migrations/metadata.ts";
import { BlobCheck } from "../../adapters/fs/blob-check.ts";
import { ParquetSealedFormat } from "../../adapters/parquet/parquet-sealed-format.ts";
import { blobReferences } from "../../adapters/sql/blob-references.ts";
import { checkHistory } from "../../adapters/sql/history-check.ts";
import type { HistoryTables } from "../../adapters/sql/history-tables.ts";
import { checkIndex } from "../../adapters/sql/index-check.ts";
import { checkSealed } from "../../adapters/sql/sealed-check.ts";
import type { IndexTables } from "../../adapters/sql/segment-tables.ts";
import type { MetadataTables } from "../../adapters/sql/tables.ts";
import { checkDatabase } from "../../adapters/sqlite/database-check.ts";
import { shareFolder } from "../../adapters/sqlite/shared-lock.ts";
import { ServerError } from "../../errors.ts";
import { Findings } from "../../modules/integrity/findings.ts";
import type { CheckCounts, CheckProgress, Finding } from "../../modules/integrity/findings.ts";

/** What to check. */
export interface VerifyOptions {
  readonly folder: string;
  /** Whether the bytes of every blob and the lines of every sealed part are read. @default false */
  readonly isFull?: boolean | undefined;
  /** Told how far the check is, often. */
  readonly onProgress?: ((progress: CheckProgress) => void) | undefined;
}

/** What was found; at most 1,000 problems and 1,000 notes are listed, all are counted. */
export interface VerifyReport {
  readonly folder: string;
  readonly isSound: boolean;
  readonly problemCount: number;
  readonly problems: readonly Finding[];
  readonly noteCount: number;
  /** What does no harm: leftovers, older versions. */
  readonly notes: readonly Finding[];
  readonly counts: Readonly<CheckCounts>;
}

const SECRET_BYTES = 32;

/**
 * Checks a data folder.
 *
 * @throws {ServerError} `not_found` when it is none, `conflict` while a server uses it.
 */
export async function checkDataFolder(options: VerifyOptions): Promise<VerifyReport> {
  const { folder, isFull = false, onProgress } = options;
  if (!["metadata.sqlite", "history.sqlite", "lock.db"].some((name) => existsSync(join(folder, name)))) {
    throw new ServerError("not_found", `${folder} is not a server's data folder.`);
  }
  const findings = new Findings(onProgress);
  await using cleanUp = new AsyncDisposableStack();
  const lock = shareFolder(folder);
  cleanUp.defer(() => lock.release());

  await checkSecret(folder, findings);
  const metadata = await checkDatabase<MetadataTables>({
    path: join(folder, "metadata.sqlite"),
    migrations: metadataMigrations,
    findings,
  });
  cleanUp.defer(() => metadata?.close());
  const history = await checkDatabase<HistoryTables>({
    path: join(folder, "history.sqlite"),
    migrations: historyMigrations,
    findings,
  });
  cleanUp.defer(() => history?.close());
  await checkIndexFile(folder, metadata?.db, findings);

  const blobFolder = join(folder, "blobs");
  const blobs = new BlobCheck({ folder: blobFolder, findings, isFull });
  if (history !== undefined) {
    const parts = { history: history.db, metadata: metadata?.db, findings };
    await checkHistory(parts);
    await checkSealed({ ...parts, blobs, blobFolder, format: new ParquetSealedFormat(), isFull });
  }
  if (metadata !== undefined) {
    for await (const reference of blobReferences(metadata.db)) {
      findings.progress("Checking files", findings.counts.blobs, null);
      await blobs.check(reference);
    }
  }
  // Without one of the databases nobody knows what is referred to.
  if (metadata !== undefined && history !== undefined) await blobs.noteOrphans();
  const { problems, notes, counts, problemCount, noteCount } = findings;
  return { folder, isSound: problemCount === 0, problemCount, problems, noteCount, notes, counts };
}

async function checkSecret(folder: string, findings: Findings): Promise<void> {
  const path = join(folder, "secret.key");
  if (!existsSync(path)) {
    findings.note("folder", "secret.key", "It is missing; the next start makes a new one.");
    return;
  }
  const { size } = await stat(path);
  if (size !== SECRET_BYTES) {
    findings.problem("folder", "secret.key", `It has ${size} bytes; expected ${SECRET_BYTES}.`);
  }
}

/** What is wrong with kept columns is a problem, because a page would take it for true; the remedy is simple. */
async function checkIndexFile(
  folder: string,
  metadata: Kysely<MetadataTables> | undefined,
  findings: Findings,
): Promise<void> {
  const path = join(folder, "index.sqlite");
  if (!existsSync(path)) return;
  const before = findings.problemCount;
  const index = await checkDatabase<IndexTables>({
    path,
    migrations: indexMigrations,
    findings,
    mayBeEmpty: true,
  });
  if (index !== undefined) {
    try {
      await checkIndex({ index: index.db, metadata, findings });
    } finally {
      await index.close();
    }
  }
  if (findings.problemCount > before) {
    findings.note("database", "index.sqlite", "Delete this file: the server builds it anew from the runs.");
  }
}
