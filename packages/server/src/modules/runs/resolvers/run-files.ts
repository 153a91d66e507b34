/** The files of runs as the schema shows them. */
import { ServerError } from "../../../errors.ts";
import type { RunResolvers } from "../../../generated/schema-types.ts";

/** Fields of runs that are about their files. */
export const runFiles: Pick<RunResolvers, "files" | "fileCount"> = {
  files: async (run, { names, pattern, after, first }, { caller, services, baseUrl }) => {
    const page = await services.files.list(caller, run, {
      names: names?.filter((name) => name !== null) ?? null,
      pattern: pattern ?? null,
      after: parseCursor(after),
      first: first ?? null,
      baseUrl,
    });
    const edges = page.files.map((node) => ({ cursor: printCursor(node.name), node }));
    return {
      edges,
      pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: page.hasNextPage },
      totalCount: page.totalCount,
      uploadHeaders: [],
    };
  },
  fileCount: (run, _args, { caller, services }) => services.files.count(caller, run),
};

const CURSOR_PREFIX = "file:";

function printCursor(name: string): string {
  return Buffer.from(`${CURSOR_PREFIX}${name}`).toString("base64url");
}

function parseCursor(cursor: string | null | undefined): string | null {
  if (cursor === null || cursor === undefined || cursor === "") return null;
  const text = Buffer.from(cursor, "base64url").toString();
  if (text.startsWith(CURSOR_PREFIX)) return text.slice(CURSOR_PREFIX.length);
  throw new ServerError("invalid_argument", "after is not a cursor of files", { field: "after" });
}
