/** The projects of everything that a user belongs to, one entity after another, page by page. */
import { ServerError } from "../../../errors.ts";
import type { RequestContext } from "../../../transport/context.ts";
import type { User } from "../../users/user.ts";
import type { ProjectConnectionPage } from "../project-connection.ts";
import type { Project } from "../project.ts";
import type { ProjectCursor } from "../project-store.ts";

/** Where a page begins: after a project of one of the entities. */
interface Position {
  readonly entityId: number;
  readonly after: ProjectCursor | null;
}

interface Placed {
  readonly entityId: number;
  readonly node: Project;
}

/** A page of a user's projects, as far as the caller may see them. Throws `invalid_argument` for a bad cursor. */
export async function listUserProjects(
  user: User,
  { after, limit }: { readonly after: string | null; readonly limit: number },
  context: RequestContext,
): Promise<ProjectConnectionPage> {
  const { caller, services } = context;
  const start = after === null || after === "" ? undefined : parseCursor(after);
  const found: Placed[] = [];
  for (const { id: entityId, name: entityName } of await entitiesOf(user, context)) {
    if (start !== undefined && entityId < start.entityId) continue;
    const from = entityId === start?.entityId ? start.after : null;
    const missing = limit + 1 - found.length;
    if (missing <= 0) break;
    const page = await services.projects.list(caller, { entityName, after: from, limit: missing });
    found.push(...(page?.projects ?? []).map((node) => ({ entityId, node })));
  }
  const edges = found.slice(0, limit).map((placed) => ({ cursor: printCursor(placed), node: placed.node }));
  const endCursor = edges.at(-1)?.cursor ?? null;
  return { edges, pageInfo: { endCursor, hasNextPage: found.length > limit } };
}

/** In the order of their numbers, so that a cursor means the same after the user has joined another one. */
async function entitiesOf(
  user: User,
  { caller, services }: RequestContext,
): Promise<readonly { readonly id: number; readonly name: string }[]> {
  const own = await services.entities.ownerOf(caller, user);
  const teams = await services.entities.teamsOf(caller, user);
  const organizations = await services.entities.organizationsOf(caller, user);
  const owners = await Promise.all(organizations.map((one) => services.entities.ownerOf(caller, one)));
  return [own, ...teams, ...owners].sort((a, b) => a.id - b.id);
}

function printCursor({ entityId, node }: Placed): string {
  return Buffer.from(`${entityId} ${node.createdAt} ${node.id}`).toString("base64url");
}

function parseCursor(text: string): Position {
  const [entityId = "", createdAt = "", id = ""] = Buffer.from(text, "base64url").toString().split(" ");
  const isNumber = (digits: string): boolean => /^\d{1,15}$/.test(digits);
  if (isNumber(entityId) && isNumber(id) && !Number.isNaN(Date.parse(createdAt))) {
    return { entityId: Number(entityId), after: { createdAt, id: Number(id) } };
  }
  throw new ServerError("invalid_argument", "after is not a cursor of this list", { field: "after" });
}
