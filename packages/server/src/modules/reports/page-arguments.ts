/** Arguments and answers of pages whose cursors are numbers that lists descend by. */
import { ServerError } from "../../errors.ts";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

/** A page in the schema's form. */
export interface ConnectionPage<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

/**
 * Reads the paging arguments, loads one element more than the page has, and shows the page.
 *
 * @throws {ServerError} `invalid_argument` for a negative size or a cursor of another list.
 */
export async function toDescendingPage<T>(
  args: { readonly after?: string | null; readonly first?: number | null },
  numberOf: (item: T) => number,
  load: (page: { readonly before: number | null; readonly limit: number }) => Promise<readonly T[]>,
): Promise<ConnectionPage<T>> {
  const first = Math.min(args.first ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
  if (first < 0) throw new ServerError("invalid_argument", "first cannot be negative", { field: "first" });
  const after = args.after ?? "";
  const items = await load({ before: after === "" ? null : parseCursor(after), limit: first + 1 });
  const edges = items.slice(0, first).map((node) => ({ cursor: printCursor(numberOf(node)), node }));
  return {
    edges,
    pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: items.length > first },
  };
}

function printCursor(number: number): string {
  return Buffer.from(`before:${number}`).toString("base64url");
}

function parseCursor(text: string): number {
  const [, digits] = /^before:(\d{1,15})$/.exec(Buffer.from(text, "base64url").toString()) ?? [];
  if (digits !== undefined) return Number(digits);
  throw new ServerError("invalid_argument", "after is not a cursor of this list", { field: "after" });
}
