/** The files of runs as the schema shows them. */
import { Kind } from "graphql";
import type { FieldNode, GraphQLResolveInfo, SelectionNode } from "graphql";
import { ServerError } from "../../../errors.ts";
import type { RunResolvers } from "../../../generated/schema-types.ts";

/** Fields of runs that are about their files. */
export const runFiles: Pick<RunResolvers, "files" | "fileCount"> = {
  files: async (run, { names, pattern, after, first }, { caller, services, baseUrl }, info) => {
    const wanted = names?.filter((name) => name !== null) ?? null;
    if (wanted !== null && wanted.length > 0 && asksForUploads(info)) {
      const files = await services.files.announceFor(caller, run, { names: wanted, baseUrl });
      const edges = files.map((node) => ({ cursor: printCursor(node.name), node }));
      const pageInfo = { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: false };
      return { edges, pageInfo, totalCount: edges.length, uploadHeaders: [] };
    }
    const page = await services.files.list(caller, run, {
      names: wanted,
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

/**
 * Whether addresses for uploads are asked for. Clients before 0.15 know no other way to announce files than to ask for
 * `url(upload: true)` of files that are not there yet.
 */
function asksForUploads({ fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  const asks = (selection: SelectionNode): boolean => {
    switch (selection.kind) {
      case Kind.FIELD:
        return isUploadAddress(selection) || (selection.selectionSet?.selections.some(asks) ?? false);
      case Kind.INLINE_FRAGMENT:
        return selection.selectionSet.selections.some(asks);
      case Kind.FRAGMENT_SPREAD:
        return fragments[selection.name.value]?.selectionSet.selections.some(asks) ?? false;
    }
  };
  return fieldNodes.some(asks);
}

function isUploadAddress({ name, arguments: given }: FieldNode): boolean {
  return (
    name.value === "url" &&
    (given ?? []).some(
      (argument) =>
        argument.name.value === "upload" && argument.value.kind === Kind.BOOLEAN && argument.value.value,
    )
  );
}

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
