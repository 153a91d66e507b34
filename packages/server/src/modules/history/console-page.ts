/** Pages of console lines: the last ones, or those after a cursor. Lines that never arrived are shown empty. */
import { ServerError } from "../../errors.ts";
import { parseConsoleLine } from "./console-line.ts";
import type { ConsoleLine } from "./console-line.ts";
import type { HistoryLog, RunKey } from "./history-log.ts";

/** Which lines; `last` goes before the others. */
export interface ConsoleRequest {
  readonly last: number | null;
  /** @default 1,000 */
  readonly first: number | null;
  /** Cursor of the page before. */
  readonly after: string | null;
}

/** A page of lines. */
export interface ConsolePage {
  readonly lines: readonly ConsoleLine[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

const DEFAULT_PAGE = 1_000;
const MAX_PAGE = 10_000;
const CURSOR = /^line:(\d{1,15})$/;

/** Reads a page. Throws `invalid_argument` for a negative size or a cursor of another list. */
export async function readConsolePage(
  log: HistoryLog,
  run: RunKey,
  request: ConsoleRequest,
): Promise<ConsolePage> {
  const { projectId, runId } = run;
  const { console: count } = await log.counts({ projectId, runId });
  const { from, to } = planPage(request, count);
  const lines = await log.readLines({ projectId, runId, stream: "console", from, to });
  const texts = new Map(lines.map(({ number, text }) => [number, text]));
  return {
    lines: Array.from({ length: to - from }, (_, index) =>
      parseConsoleLine(from + index, texts.get(from + index) ?? ""),
    ),
    endCursor: to > from ? printCursor(to - 1) : null,
    hasNextPage: to < count,
  };
}

/** The numbers of a page's lines; `to` is exclusive. */
export function planPage(
  { last, first, after }: ConsoleRequest,
  count: number,
): { readonly from: number; readonly to: number } {
  if (last !== null) return { from: Math.max(0, count - sizeOf("last", last)), to: count };
  const from = Math.min(count, after === null || after === "" ? 0 : parseCursor(after) + 1);
  return { from, to: Math.min(count, from + sizeOf("first", first ?? DEFAULT_PAGE)) };
}

function sizeOf(field: string, size: number): number {
  if (size < 0) throw new ServerError("invalid_argument", `${field} must be 0 or more`, { field });
  return Math.min(size, MAX_PAGE);
}

function printCursor(number: number): string {
  return Buffer.from(`line:${number}`).toString("base64url");
}

function parseCursor(cursor: string): number {
  const [, number] = CURSOR.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (number !== undefined) return Number(number);
  throw new ServerError("invalid_argument", "after is not a cursor of console lines", { field: "after" });
}
