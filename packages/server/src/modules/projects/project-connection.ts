/** Pages of projects as the schema shows them, with keyset cursors that stay right while projects are created. */
import { ServerError } from "../../errors.ts";
import type { Project } from "./project.ts";
import type { ProjectPage } from "./project-service.ts";
import type { ProjectCursor } from "./project-store.ts";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

/** A page of projects in the schema's form. */
export interface ProjectConnectionPage {
  readonly edges: readonly { readonly cursor: string; readonly node: Project }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

/**
 * Reads the paging arguments, loads the page and shows it; null where there is nothing to page through.
 *
 * @throws {ServerError} `invalid_argument` for a negative size or a cursor of another list.
 */
export async function toProjectConnection(
  args: { readonly after?: string | null; readonly first?: number | null },
  load: (request: {
    readonly after: ProjectCursor | null;
    readonly limit: number;
  }) => Promise<ProjectPage | undefined>,
): Promise<ProjectConnectionPage | null> {
  const first = args.first ?? DEFAULT_PAGE_SIZE;
  if (first < 0) throw new ServerError("invalid_argument", "first cannot be negative", { field: "first" });
  const after =
    args.after === null || args.after === undefined || args.after === "" ? null : parseCursor(args.after);
  const page = await load({ after, limit: Math.min(first, MAX_PAGE_SIZE) });
  if (page === undefined) return null;
  const edges = page.projects.map((node) => ({ cursor: printCursor(node), node }));
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: page.hasNextPage } };
}

function printCursor(project: Project): string {
  return Buffer.from(`${project.createdAt} ${project.id}`).toString("base64url");
}

function parseCursor(text: string): ProjectCursor {
  const [createdAt = "", id = ""] = Buffer.from(text, "base64url").toString().split(" ");
  if (!Number.isNaN(Date.parse(createdAt)) && /^\d{1,15}$/.test(id)) return { createdAt, id: Number(id) };
  throw new ServerError("invalid_argument", "after is not a cursor of this list", { field: "after" });
}
