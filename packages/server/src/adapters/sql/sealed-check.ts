/** Checks sealed parts: their files are there, belong together, and hold as many lines as they say. */
import { open } from "node:fs/promises";
import type { Kysely } from "kysely";
import type { RangeSource, SealedFormat } from "../../modules/history/sealed-format.ts";
import type { Findings } from "../../modules/integrity/findings.ts";
import type { BlobCheck } from "../fs/blob-check.ts";
import { blobPath } from "../fs/blob-path.ts";
import { nameOfRun } from "./history-check.ts";
import type { HistoryTables, SealedPartRow } from "./history-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** What the check is built from. */
export interface SealedCheckParts {
  readonly history: Kysely<HistoryTables>;
  readonly metadata: Kysely<MetadataTables> | undefined;
  readonly findings: Findings;
  readonly blobs: BlobCheck;
  readonly blobFolder: string;
  readonly format: SealedFormat;
  /** Whether every line is read. */
  readonly isFull: boolean;
}

type Part = Omit<SealedPartRow, "statistics">;

const PARTS_AT_ONCE = 500;
const LINES_AT_ONCE = 20_000;

/** Checks all parts, and lets the blob check know of those that are about to be written or to go. */
export async function checkSealed(parts: SealedCheckParts): Promise<void> {
  const { history, findings, blobs } = parts;
  let last: Part | undefined;
  for (;;) {
    const page = await partsAfter(history, last);
    for (const part of page) {
      findings.progress("Checking sealed history", findings.counts.parts, null);
      findings.counts.parts += 1;
      await checkPart(parts, part);
    }
    last = page.at(-1);
    if (last === undefined) break;
  }
  const leftovers = await history.selectFrom("sealed_leftovers").select("blob_key").execute();
  for (const { blob_key: key } of leftovers) blobs.expect(key);
}

function partsAfter(db: Kysely<HistoryTables>, last: Part | undefined): Promise<readonly Part[]> {
  const parts = db
    .selectFrom("sealed_parts")
    .select([
      ...(["project_id", "run_id", "stream", "first_line", "line_count", "version", "row_count"] as const),
      ...(["min_step", "max_step", "is_step_ascending", "is_trimmed"] as const),
      ...(["table_key", "table_bytes", "beside_key", "beside_bytes"] as const),
    ])
    .orderBy("project_id")
    .orderBy("run_id")
    .orderBy("stream")
    .orderBy("first_line")
    .orderBy("version")
    .limit(PARTS_AT_ONCE);
  if (last === undefined) return parts.execute();
  return parts
    .where((eb) =>
      eb(
        eb.refTuple("project_id", "run_id", "stream", "first_line", "version"),
        ">",
        eb.tuple(last.project_id, last.run_id, last.stream, last.first_line, last.version),
      ),
    )
    .execute();
}

async function checkPart(parts: SealedCheckParts, part: Part): Promise<void> {
  const { metadata, findings, blobs } = parts;
  const { name } = await nameOfRun(metadata, part);
  const lines = `lines ${part.first_line} to ${part.first_line + part.line_count - 1}`;
  const place = `${part.stream} of ${name}, ${lines}`;
  const files = [
    { key: part.table_key, sizeBytes: part.table_bytes, md5: null, what: `table of ${place}` },
    {
      key: part.beside_key,
      sizeBytes: part.beside_bytes,
      md5: null,
      what: `file beside the table of ${place}`,
    },
  ];
  let isThere = true;
  for (const file of files) isThere = (await blobs.check(file)) && isThere;
  if (!isThere) return;
  try {
    const problem = await readPart(parts, part);
    if (problem !== undefined) findings.problem("sealed", place, problem);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    findings.problem("sealed", place, `The part cannot be read: ${message}.`);
  }
}

async function readPart(
  { blobFolder, format, isFull }: SealedCheckParts,
  part: Part,
): Promise<string | undefined> {
  await using table = await openRanges(blobPath(blobFolder, part.table_key), part.table_bytes);
  await using beside = await openRanges(blobPath(blobFolder, part.beside_key), part.beside_bytes);
  const opened = await format.open({ table, beside });
  if (opened.lineCount !== part.line_count) {
    return `The part holds ${opened.lineCount} lines; expected ${part.line_count}.`;
  }
  for (let from = 0; isFull && from < part.line_count; from += LINES_AT_ONCE) {
    await opened.lines(from, Math.min(from + LINES_AT_ONCE, part.line_count));
  }
  return undefined;
}

async function openRanges(path: string, size: number): Promise<RangeSource & AsyncDisposable> {
  const file = await open(path, "r");
  return {
    size,
    async read(start, end) {
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      if (bytesRead !== bytes.length) throw new Error(`expected ${bytes.length} bytes, found ${bytesRead}`);
      return bytes;
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
