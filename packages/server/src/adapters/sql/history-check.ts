/** Checks the log of lines: every batch can be unpacked and covers what it says, and no stream lacks its end. */
import type { Kysely } from "kysely";
import { looksLikeObject, stepOfLine } from "../../modules/history/history-line.ts";
import type { Findings } from "../../modules/integrity/findings.ts";
import type { HistoryTables, LineBatchRow, LineStreamRow } from "./history-tables.ts";
import { parseWrites } from "./journal-writes.ts";
import { decodeLines } from "./line-encoding.ts";
import type { MetadataTables } from "./tables.ts";

/** What the check is built from. */
export interface HistoryCheckParts {
  readonly history: Kysely<HistoryTables>;
  /** Tells whose lines they are; undefined when it cannot be read. */
  readonly metadata: Kysely<MetadataTables> | undefined;
  readonly findings: Findings;
}

/** The end of a stream as one of its changes left it. */
interface StreamEnd {
  readonly version: number;
  readonly lineCount: number;
  readonly isCut: boolean;
}

const STREAMS_AT_ONCE = 500;
/** Batches may be large, so few are held. */
const BATCHES_AT_ONCE = 32;

/** Checks all streams. */
export async function checkHistory(parts: HistoryCheckParts): Promise<void> {
  const { history, findings } = parts;
  const all = await history
    .selectFrom("line_streams")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  let last: LineStreamRow | undefined;
  for (;;) {
    const streams = await streamsAfter(history, last);
    for (const stream of streams) {
      findings.progress("Checking history", findings.counts.streams, all.count);
      findings.counts.streams += 1;
      await checkStream(parts, stream);
    }
    last = streams.at(-1);
    if (last === undefined) break;
  }
  await checkHeads(parts);
  await checkJournal(parts);
}

/** The name of a run, for people. */
export async function nameOfRun(
  metadata: Kysely<MetadataTables> | undefined,
  { project_id: projectId, run_id: runId }: Pick<LineStreamRow, "project_id" | "run_id">,
): Promise<{ readonly name: string; readonly isThere: boolean }> {
  const run = await metadata
    ?.selectFrom("runs")
    .innerJoin("projects", "projects.id", "runs.project_id")
    .select(["runs.name as run", "projects.name as project"])
    .where("runs.project_id", "=", projectId)
    .where("runs.run_id", "=", runId)
    .executeTakeFirst();
  if (run === undefined) return { name: `run ${runId} of project ${projectId}`, isThere: false };
  return { name: `run ${run.project}/${run.run}`, isThere: true };
}

async function streamsAfter(
  db: Kysely<HistoryTables>,
  last: LineStreamRow | undefined,
): Promise<readonly LineStreamRow[]> {
  const streams = db
    .selectFrom("line_streams")
    .select(["project_id", "run_id", "stream", "line_count", "version"])
    .orderBy("project_id")
    .orderBy("run_id")
    .orderBy("stream")
    .limit(STREAMS_AT_ONCE);
  if (last === undefined) return streams.execute();
  return streams
    .where((eb) =>
      eb(
        eb.refTuple("project_id", "run_id", "stream"),
        ">",
        eb.tuple(last.project_id, last.run_id, last.stream),
      ),
    )
    .execute();
}

async function checkStream(parts: HistoryCheckParts, stream: LineStreamRow): Promise<void> {
  const { history, metadata, findings } = parts;
  const { name, isThere } = await nameOfRun(metadata, stream);
  const place = `${stream.stream} of ${name}`;
  if (metadata !== undefined && !isThere) {
    findings.note("orphan", place, "The run is not there; a server removes its lines.");
  }
  const ends: StreamEnd[] = await otherEnds(history, stream);
  let after = -1;
  for (;;) {
    const batches = await batchesAfter(history, stream, after);
    for (const batch of batches) {
      after = batch.batch_no;
      findings.counts.batches += 1;
      findings.counts.lines += batch.line_count;
      ends.push({ version: batch.batch_no, lineCount: batch.first_line + batch.line_count, isCut: false });
      const problem = batch.batch_no > stream.version ? "is newer than its stream" : judgeBatch(batch);
      if (problem !== undefined) findings.problem("history", place, `Batch ${batch.batch_no} ${problem}.`);
    }
    if (batches.length < BATCHES_AT_ONCE) break;
  }
  const lineCount = replay(ends);
  if (lineCount < stream.line_count) {
    findings.problem(
      "history",
      place,
      `Lines ${lineCount} to ${stream.line_count - 1} are missing: no batch or part holds them.`,
    );
  }
}

function batchesAfter(
  db: Kysely<HistoryTables>,
  { project_id, run_id, stream }: LineStreamRow,
  after: number,
): Promise<readonly LineBatchRow[]> {
  return db
    .selectFrom("line_batches")
    .selectAll()
    .where("project_id", "=", project_id)
    .where("run_id", "=", run_id)
    .where("stream", "=", stream)
    .where("batch_no", ">", after)
    .orderBy("batch_no")
    .limit(BATCHES_AT_ONCE)
    .execute();
}

/** The ends that cuts and sealed parts left. */
async function otherEnds(
  db: Kysely<HistoryTables>,
  { project_id, run_id, stream }: LineStreamRow,
): Promise<StreamEnd[]> {
  const cuts = await db
    .selectFrom("line_cuts")
    .select(["version", "line_count"])
    .where("project_id", "=", project_id)
    .where("run_id", "=", run_id)
    .where("stream", "=", stream)
    .execute();
  const sealed = await db
    .selectFrom("sealed_parts")
    .select(["version", "first_line", "line_count"])
    .where("project_id", "=", project_id)
    .where("run_id", "=", run_id)
    .where("stream", "=", stream)
    .execute();
  return [
    ...cuts.map((cut) => ({ version: cut.version, lineCount: cut.line_count, isCut: true })),
    ...sealed.map((part) => ({
      version: part.version,
      lineCount: part.first_line + part.line_count,
      isCut: false,
    })),
  ];
}

/** How many lines there are after all changes in their order. */
function replay(ends: readonly StreamEnd[]): number {
  let lineCount = 0;
  for (const end of ends.toSorted((a, b) => a.version - b.version)) {
    lineCount = end.isCut ? Math.min(lineCount, end.lineCount) : Math.max(lineCount, end.lineCount);
  }
  return lineCount;
}

/** What is wrong with a batch; undefined when nothing is. */
function judgeBatch(batch: LineBatchRow): string | undefined {
  let lines: readonly string[];
  try {
    lines = decodeLines(batch);
  } catch (error) {
    return `cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (lines.length !== batch.line_count) return `holds ${lines.length} lines; expected ${batch.line_count}`;
  if (batch.first_line < 0) return `begins at line ${batch.first_line}`;
  const { min_step: min, max_step: max } = batch;
  if (batch.stream !== "history" || min === null || max === null) return undefined;
  for (const line of lines) {
    // Such a line is no row, and its batch does not count it.
    if (!looksLikeObject(line)) continue;
    const step = stepOfLine(line);
    if (step === undefined || step < min || step > max) {
      return `holds the step ${step ?? "none"}; expected steps from ${min} to ${max}`;
    }
  }
  return undefined;
}

/** Batches that no stream knows can never be read. */
async function checkHeads({ history, metadata, findings }: HistoryCheckParts): Promise<void> {
  const lost = await history
    .selectFrom("line_batches")
    .leftJoin("line_streams", (join) =>
      join
        .onRef("line_streams.project_id", "=", "line_batches.project_id")
        .onRef("line_streams.run_id", "=", "line_batches.run_id")
        .onRef("line_streams.stream", "=", "line_batches.stream"),
    )
    .select(["line_batches.project_id", "line_batches.run_id", "line_batches.stream"])
    .distinct()
    .where("line_streams.version", "is", null)
    .limit(STREAMS_AT_ONCE)
    .execute();
  for (const row of lost) {
    const { name } = await nameOfRun(metadata, row);
    findings.problem(
      "history",
      `${row.stream} of ${name}`,
      "There are batches, but the stream is not known.",
    );
  }
}

/** What waits to be put into batches was acknowledged as well. */
async function checkJournal({ history, findings }: HistoryCheckParts): Promise<void> {
  const rows = history.selectFrom("line_journal").select(["id", "writes"]).orderBy("id");
  let last = 0;
  for (;;) {
    const portion = await rows.where("id", ">", last).limit(BATCHES_AT_ONCE).execute();
    for (const { id, writes } of portion) {
      last = id;
      try {
        for (const { lines } of parseWrites(writes)) findings.counts.lines += lines.length;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        findings.problem("history", "journal", `Entry ${id} cannot be read: ${reason}`);
      }
    }
    if (portion.length < BATCHES_AT_ONCE) return;
  }
}
