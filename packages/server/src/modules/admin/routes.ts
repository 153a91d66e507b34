/** The operator's interface under `/api/admin`: states what is to be, and may be repeated. */
import { ADMIN_PATH } from "@steelyard/protocol";
import type { AdminOrganization, AdminTeam, AdminUser } from "@steelyard/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ServerError } from "../../errors.ts";
import type { RequestContext, RouteParts } from "../../transport/context.ts";
import { readJsonBody } from "../../transport/json-body.ts";
import type { Member, OrganizationView, TeamView } from "../entities/entity-service.ts";
import type { User } from "../users/user.ts";
import { parseArtifactTtlBody, parseOrganizationBody, parseTeamBody, parseUserBody } from "./bodies.ts";

type Named = { readonly Params: { readonly name: string } };
type Handler = (context: RequestContext, name: string, request: FastifyRequest) => Promise<Answer>;

interface Answer {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
}

const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Adds the routes. Every one asks for an administrator's key before anything else is looked at. */
export function adminRoutes(app: FastifyInstance, { contextOf }: RouteParts): void {
  const route = (method: "GET" | "PUT" | "DELETE", path: string, handle: Handler): void => {
    app.route<Named>({
      method,
      url: `${ADMIN_PATH}${path}`,
      bodyLimit: MAX_BODY_BYTES,
      onRequest: async (request) => {
        const { caller, services } = await contextOf(request);
        services.access.requireAdmin(caller);
      },
      handler: async (request, reply) =>
        send(reply, await handle(await contextOf(request), request.params.name, request)),
    });
  };
  userRoutes(route);
  organizationRoutes(route);
  teamRoutes(route);
  artifactRoutes(route);
}

type AddRoute = (method: "GET" | "PUT" | "DELETE", path: string, handle: Handler) => void;

function userRoutes(route: AddRoute): void {
  route("GET", "/users", async ({ caller, services }) => ({
    status: 200,
    body: { users: (await services.users.list(caller)).map(toAdminUser) },
  }));
  route("GET", "/users/:name", async ({ caller, services }, name) => {
    const user = await services.users.findByName(caller, name);
    if (user === undefined) throw missing("User", name);
    return { status: 200, body: toAdminUser(user) };
  });
  route("PUT", "/users/:name", async ({ caller, services }, name, request) => {
    const body = parseUserBody(await readJsonBody(request));
    const { user, created } = await services.users.put(caller, { ...body, username: name });
    return { status: created ? 201 : 200, body: toAdminUser(user) };
  });
  route("DELETE", "/users/:name", async ({ caller, services }, name) => {
    await services.users.delete(caller, name);
    return { status: 204 };
  });
}

function organizationRoutes(route: AddRoute): void {
  route("GET", "/organizations", async ({ caller, services }) => ({
    status: 200,
    body: { organizations: (await services.entities.listOrganizations(caller)).map(toAdminOrganization) },
  }));
  route("GET", "/organizations/:name", async ({ caller, services }, name) => {
    const view = await services.entities.organizationByName(caller, name);
    if (view === undefined) throw missing("Organization", name);
    return { status: 200, body: toAdminOrganization(view) };
  });
  route("PUT", "/organizations/:name", async ({ caller, services }, name, request) => {
    const body = parseOrganizationBody(await readJsonBody(request));
    const { organization, created } = await services.entities.putOrganization(caller, { ...body, name });
    return { status: created ? 201 : 200, body: toAdminOrganization(organization) };
  });
  route("DELETE", "/organizations/:name", async ({ caller, services }, name) => {
    await services.entities.deleteOrganization(caller, name);
    return { status: 204 };
  });
}

function teamRoutes(route: AddRoute): void {
  route("GET", "/teams", async ({ caller, services }) => ({
    status: 200,
    body: { teams: (await services.entities.listTeams(caller)).map(toAdminTeam) },
  }));
  route("GET", "/teams/:name", async ({ caller, services }, name) => {
    const view = await services.entities.teamByName(caller, name);
    if (view === undefined) throw missing("Team", name);
    return { status: 200, body: toAdminTeam(view) };
  });
  route("PUT", "/teams/:name", async ({ caller, services }, name, request) => {
    const body = parseTeamBody(await readJsonBody(request));
    const { team, created } = await services.entities.putTeam(caller, { ...body, name });
    return { status: created ? 201 : 200, body: toAdminTeam(team) };
  });
  route("DELETE", "/teams/:name", async ({ caller, services }, name) => {
    await services.entities.deleteTeam(caller, name);
    return { status: 204 };
  });
}

function artifactRoutes(route: AddRoute): void {
  route("GET", "/artifacts/removals", async ({ caller, services }, _name, request) => {
    const removals = await services.artifacts.operation.listRemovals(caller, readSince(request));
    return { status: 200, body: { removals } };
  });
  route("GET", "/artifacts/ttl/:name", async ({ caller, services }, name) => ({
    status: 200,
    body: { seconds: await services.artifacts.operation.findTtlDefault(caller, name) },
  }));
  route("PUT", "/artifacts/ttl/:name", async ({ caller, services }, name, request) => {
    const { seconds } = parseArtifactTtlBody(await readJsonBody(request));
    await services.artifacts.operation.setTtlDefault(caller, name, seconds);
    return { status: 200, body: { seconds } };
  });
}

function readSince(request: FastifyRequest): string | null {
  const since = new URL(request.url, "http://server").searchParams.get("since");
  if (since === null || !Number.isNaN(Date.parse(since))) return since;
  throw new ServerError("invalid_argument", "since is no date", { field: "since" });
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  return answer.status === 204 ? reply.code(204).send() : reply.code(answer.status).send(answer.body);
}

function missing(what: string, name: string): ServerError {
  return new ServerError("not_found", `${what} "${name}" not found`);
}

function toAdminUser(user: User): AdminUser {
  return { username: user.username, email: user.email, admin: user.isAdmin };
}

function toAdminOrganization({ organization, members }: OrganizationView): AdminOrganization {
  return { name: organization.name, members: members.map(toAdminMember) };
}

function toAdminTeam({ entity, organization, members }: TeamView): AdminTeam {
  return { name: entity.name, organization: organization?.name ?? "", members: members.map(toAdminMember) };
}

function toAdminMember({ user, role }: Member): AdminTeam["members"][number] {
  return { username: user.username, role };
}
