/** Checks the kept columns of runs: that their bytes are whole, and that they are of these projects and not ahead of them. */
import type { Kysely } from "kysely";
import type { Findings } from "../../modules/integrity/findings.ts";
import { decodeColumnSegment } from "../columns/column-segment.ts";
import { decodeDirectory } from "../columns/segment-directory.ts";
import type { IndexTables } from "./segment-tables.ts";
import type { MetadataTables } from "./tables.ts";

/** What the check is built from. */
export interface IndexCheckParts {
  readonly index: Kysely<IndexTables>;
  readonly metadata: Kysely<MetadataTables> | undefined;
  readonly findings: Findings;
}

interface SegmentKey {
  readonly project_id: number;
  readonly segment: number;
}

/** Reads every segment, one at a time. */
export async function checkIndex(parts: IndexCheckParts): Promise<void> {
  const { index, findings } = parts;
  await checkOwners(parts);
  const segments = await index
    .selectFrom("run_segments")
    .select(["project_id", "segment"])
    .orderBy("project_id")
    .orderBy("segment")
    .execute();
  for (const [done, key] of segments.entries()) {
    findings.progress("Checking kept columns", done, segments.length);
    await checkSegment(parts, key);
  }
  const columns = await index
    .selectFrom("column_segments")
    .leftJoin("run_segments", (join) =>
      join
        .onRef("run_segments.project_id", "=", "column_segments.project_id")
        .onRef("run_segments.segment", "=", "column_segments.segment"),
    )
    .where("run_segments.segment", "is", null)
    .select(["column_segments.project_id", "column_segments.segment"])
    .distinct()
    .execute();
  for (const key of columns) {
    findings.problem("database", placeOf(key), "There are columns, but the segment is not known.");
  }
}

/** A server drops the columns of another project by itself; of these, some that are too new would hide changes. */
async function checkOwners({ index, metadata, findings }: IndexCheckParts): Promise<void> {
  if (metadata === undefined) return;
  const segments = await index
    .selectFrom("run_segments")
    .leftJoin("segment_projects", "segment_projects.project_id", "run_segments.project_id")
    .select(["run_segments.project_id", "segment_projects.created_at"])
    .select((eb) => eb.fn.max("run_segments.up_to_seq").as("greatest"))
    .groupBy(["run_segments.project_id", "segment_projects.created_at"])
    .execute();
  for (const { project_id: projectId, created_at: createdAt, greatest } of segments) {
    const place = `index.sqlite, project ${projectId}`;
    const project = await metadata
      .selectFrom("projects")
      .leftJoin("run_counters", "run_counters.project_id", "projects.id")
      .select(["projects.created_at", "run_counters.last_seq"])
      .where("projects.id", "=", projectId)
      .executeTakeFirst();
    if (project?.created_at !== createdAt) {
      findings.note("database", place, "The columns are of another project; the server drops them.");
      continue;
    }
    const lastSeq = project.last_seq ?? 0;
    if (greatest > lastSeq) {
      const sentence = `The columns are newer than the runs: they have change ${greatest} of ${lastSeq}.`;
      findings.problem("database", place, sentence);
    }
  }
}

async function checkSegment({ index, findings }: IndexCheckParts, key: SegmentKey): Promise<void> {
  const { project_id: projectId, segment } = key;
  const { directory } = await index
    .selectFrom("run_segments")
    .select("directory")
    .where("project_id", "=", projectId)
    .where("segment", "=", segment)
    .executeTakeFirstOrThrow();
  if (!isReadable(() => decodeDirectory(directory))) {
    findings.problem("database", placeOf(key), "The directory is damaged.");
  }
  const columns = await index
    .selectFrom("column_segments")
    .select(["field", "data"])
    .where("project_id", "=", projectId)
    .where("segment", "=", segment)
    .execute();
  for (const { field, data } of columns) {
    if (isReadable(() => decodeColumnSegment(data))) continue;
    findings.problem("database", placeOf(key), `The column ${field} is damaged.`);
  }
}

/** Bytes with a good checksum that cannot be read are damaged too. */
function isReadable(decode: () => unknown): boolean {
  try {
    return decode() !== undefined;
  } catch {
    return false;
  }
}

function placeOf({ project_id: projectId, segment }: SegmentKey): string {
  return `index.sqlite, project ${projectId}, segment ${segment}`;
}
