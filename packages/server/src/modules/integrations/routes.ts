/** The operator's interface to integrations, secrets and executions, under `/api/admin`. */
import { ADMIN_PATH } from "@steelyard/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { ServerError } from "../../errors.ts";
import type { RequestContext, RouteParts } from "../../transport/context.ts";
import { readJsonBody } from "../../transport/json-body.ts";
import { EXECUTION_STATES } from "../executions/execution.ts";
import type { Execution } from "../executions/execution.ts";
import type { Integration } from "./integration.ts";

type Params = Readonly<Record<string, string>>;
type Handler = (
  context: RequestContext,
  params: Params,
  request: FastifyRequest,
) => Promise<{ readonly status: 200 | 201 | 204; readonly body?: unknown }>;
type AddRoute = (method: "GET" | "PUT" | "DELETE" | "POST", path: string, handle: Handler) => void;

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_PAGE = 1000;

const webhookBody = z.strictObject({
  url: z.string(),
  accessTokenRef: z.string().nullable().default(null),
  secretRef: z.string().nullable().default(null),
  sendsRunAlerts: z.boolean().default(false),
});
const slackBody = z.strictObject({
  teamName: z.string(),
  url: z.string(),
  sendsRunAlerts: z.boolean().default(false),
});
const secretBody = z.strictObject({ value: z.string() });
const testBody = z.strictObject({ payload: z.string().nullable().default(null) });
const listQuery = z.object({
  state: z.enum(EXECUTION_STATES).optional(),
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().positive().max(MAX_PAGE).default(100),
});

/** Adds the routes. Every one asks for an administrator's key before anything else is looked at. */
export function integrationRoutes(app: FastifyInstance, { contextOf }: RouteParts): void {
  const route: AddRoute = (method, path, handle) => {
    app.route<{ readonly Params: Params }>({
      method,
      url: `${ADMIN_PATH}${path}`,
      bodyLimit: MAX_BODY_BYTES,
      onRequest: async (request) => {
        const { caller, services } = await contextOf(request);
        services.access.requireAdmin(caller);
      },
      handler: async (request, reply) => {
        const { status, body } = await handle(await contextOf(request), request.params, request);
        return reply.code(status).send(body);
      },
    });
  };
  integrationsOf(route);
  secretsOf(route);
  executionsOf(route);
}

function integrationsOf(route: AddRoute): void {
  route("GET", "/integrations/:entity", async ({ caller, services }, { entity = "" }) => ({
    status: 200,
    body: { integrations: (await services.integrations.listAll(caller, entity)).map(toView) },
  }));
  route("PUT", "/integrations/:entity/webhooks/:name", async (context, params, request) => {
    const { caller, services } = context;
    const { entity = "", name = "" } = params;
    const body = parse(webhookBody, await readJsonBody(request));
    const known = await findNamed(context, params);
    const integration =
      known === undefined
        ? await services.integrations.createWebhook(caller, entity, { ...body, name })
        : await services.integrations.updateWebhook(caller, known.id, body);
    return { status: known === undefined ? 201 : 200, body: toView(integration) };
  });
  route("PUT", "/integrations/:entity/slack/:name", async (context, params, request) => {
    const { caller, services } = context;
    const { entity = "", name = "" } = params;
    const body = parse(slackBody, await readJsonBody(request));
    const known = await findNamed(context, params, "slack");
    const integration =
      known === undefined
        ? await services.integrations.createSlack(caller, entity, { ...body, channelName: name })
        : await services.integrations.updateSlack(caller, known.id, body);
    return { status: known === undefined ? 201 : 200, body: toView(integration) };
  });
  for (const [folder, kind] of [
    ["webhooks", "webhook"],
    ["slack", "slack"],
  ] as const) {
    route("DELETE", `/integrations/:entity/${folder}/:name`, async (context, params) => {
      const { caller, services } = context;
      await services.integrations.delete(caller, (await requireNamed(context, params, kind)).id);
      return { status: 204 };
    });
    route("POST", `/integrations/:entity/${folder}/:name/test`, async (context, params, request) => {
      const { caller, services } = context;
      const { id } = await requireNamed(context, params, kind);
      const { payload } = parse(testBody, (await readJsonBody(request)) ?? {});
      const { isDelivered, status, error } = await services.integrations.test(caller, id, payload);
      return { status: 200, body: { success: isDelivered, responseStatus: status, error } };
    });
  }
}

function secretsOf(route: AddRoute): void {
  route("GET", "/secrets/:entity", async ({ caller, services }, { entity: name = "" }) => {
    const entity = await services.integrations.requireAdmin(caller, name);
    return { status: 200, body: { secrets: await services.integrations.listSecrets(caller, entity) } };
  });
  route(
    "PUT",
    "/secrets/:entity/:name",
    async ({ caller, services }, { entity = "", name = "" }, request) => {
      const { value } = parse(secretBody, await readJsonBody(request));
      return { status: 200, body: await services.integrations.putSecret(caller, entity, { name, value }) };
    },
  );
  route("DELETE", "/secrets/:entity/:name", async ({ caller, services }, { entity = "", name = "" }) => {
    await services.integrations.deleteSecret(caller, entity, name);
    return { status: 204 };
  });
}

function executionsOf(route: AddRoute): void {
  route("GET", "/automations/executions", async ({ caller, services }, _params, request) => {
    const { state, before, limit } = parse(listQuery, request.query);
    const page = await services.executions.listAll(caller, { state, before, limit });
    return {
      status: 200,
      body: { executions: page.executions.map(toExecutionView), hasNextPage: page.hasNextPage },
    };
  });
  route("POST", "/automations/executions/:id/redeliver", async ({ caller, services }, { id = "" }) => ({
    status: 200,
    body: toExecutionView(await services.executions.redeliver(caller, parse(z.coerce.number().int(), id))),
  }));
}

async function findNamed(
  { caller, services }: RequestContext,
  { entity = "", name = "" }: Params,
  kind: Integration["kind"] = "webhook",
): Promise<Integration | undefined> {
  const all = await services.integrations.listAll(caller, entity);
  return all.find((one) => one.kind === kind && nameOf(one) === name);
}

async function requireNamed(
  context: RequestContext,
  params: Params,
  kind: Integration["kind"],
): Promise<Integration> {
  const found = await findNamed(context, params, kind);
  if (found !== undefined) return found;
  throw new ServerError("not_found", `There is no integration "${params["name"] ?? ""}"`, { field: "name" });
}

function nameOf(integration: Integration): string {
  return integration.kind === "slack" ? integration.channelName : integration.name;
}

/** Field by field: an address that is a secret must not slip in. */
function toView(integration: Integration): object {
  const { kind, sendsRunAlerts, createdAt } = integration;
  const common = { kind, name: nameOf(integration), sendsRunAlerts, createdAt };
  if (integration.kind === "slack") return { ...common, teamName: integration.teamName };
  const { url, accessTokenRef, secretRef } = integration;
  return { ...common, url, accessTokenRef, secretRef };
}

function toExecutionView({ message, ...execution }: Execution): object {
  return { ...execution, kind: message.kind };
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.map(String).join(".") ?? "";
  throw new ServerError(
    "invalid_argument",
    `${field === "" ? "The request" : field}: ${issue?.message ?? "is not valid"}`,
    {
      field: field === "" ? undefined : field,
    },
  );
}
