// Cuts writes into batches of a bounded size, so that reading a page never takes apart a batch of a whole run, and so
// that the batches over a line can be found from the line's number.
import type { Insertable } from "kysely";
import type { LineWrite } from "../../modules/history/history-log.ts";
import type { LineBatchRow, LineStreamRow } from "./history-tables.ts";
import { encodeLines } from "./line-encoding.ts";
import type { EncodedLines } from "./line-encoding.ts";

/** The most lines that a batch has. Readers rely on it; it may grow but never shrink. */
export const MAX_BATCH_LINES = 4096;

/** About how much text a batch has at most; one line may be longer. */
const maxBatchChars = 1024 * 1024;

/** Lines whose encoding was begun before they are stored, by the list that they came in. */
export type EncodedAhead = ReadonlyMap<readonly string[], EncodedLines>;

/** Whether lines make one batch, so that they can be encoded before it is known where they go. */
export function makeOneBatch(lines: readonly string[]): boolean {
  return lines.length > 0 && endOfBatch(lines, 0) === lines.length;
}

/** Makes the batches of consecutive lines and moves the stream's state on. */
export function cutBatches(
  write: LineWrite,
  lines: readonly string[],
  firstLine: number,
  { head, encoded }: { readonly head: LineStreamRow; readonly encoded?: EncodedAhead | undefined },
): readonly Insertable<LineBatchRow>[] {
  const rows: Insertable<LineBatchRow>[] = [];
  for (let start = 0; start < lines.length;) {
    const end = endOfBatch(lines, start);
    head.version += 1;
    rows.push({
      project_id: write.projectId,
      run_id: write.runId,
      stream: write.stream,
      batch_no: head.version,
      first_line: firstLine + start,
      line_count: end - start,
      min_step: write.steps?.min ?? null,
      max_step: write.steps?.max ?? null,
      ...(encoded?.get(lines) ??
        encodeLines(start === 0 && end === lines.length ? lines : lines.slice(start, end))),
    });
    start = end;
  }
  head.line_count = Math.max(head.line_count, firstLine + lines.length);
  return rows;
}

function endOfBatch(lines: readonly string[], start: number): number {
  let chars = 0;
  let end = start;
  for (const limit = Math.min(lines.length, start + MAX_BATCH_LINES); end < limit; end += 1) {
    chars += lines[end]?.length ?? 0;
    if (chars > maxBatchChars && end > start) return end;
  }
  return end;
}
