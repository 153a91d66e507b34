/** Integrations and secrets as the schema shows them. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Resolvers } from "../../generated/schema-types.ts";
import { parsePageSize } from "../artifacts/page-size.ts";

const MAX_PAGE = 1000;

/** Resolvers of integrations and secrets. */
export const integrationResolvers: Pick<
  Resolvers,
  "Entity" | "Mutation" | "Integration" | "SlackIntegration" | "GenericWebhookIntegration" | "Secret"
> = {
  Entity: {
    integrations: async (entity, { after, first }, { caller, services }) => {
      const page = await services.integrations.list(caller, entity, {
        after: parsePosition(after),
        limit: parsePageSize(first ?? null, MAX_PAGE),
      });
      const edges = page.integrations.map((node) => ({ cursor: String(node.id), node }));
      const endCursor = edges.at(-1)?.cursor ?? null;
      return { edges, pageInfo: { endCursor, hasNextPage: page.hasNextPage } };
    },
    secrets: (entity, _args, { caller, services }) => services.integrations.listSecrets(caller, entity),
  },
  Mutation: {
    createGenericWebhookIntegration: async (_parent, { input }, { caller, services }) => ({
      integration: await services.integrations.createWebhook(caller, input.entityName, {
        name: input.name,
        url: input.urlEndpoint,
        accessTokenRef: input.accessTokenRef ?? null,
        secretRef: input.secretRef ?? null,
        sendsRunAlerts: input.sendsRunAlerts ?? false,
      }),
    }),
    updateGenericWebhookIntegration: async (_parent, { input }, { caller, services }) => {
      const id = requireIntegrationNumber(input.id);
      const edit = {
        ...(isGiven(input.name) && { name: input.name }),
        ...(isGiven(input.urlEndpoint) && { url: input.urlEndpoint }),
        ...(isGiven(input.accessTokenRef) && { accessTokenRef: input.accessTokenRef }),
        ...(isGiven(input.secretRef) && { secretRef: input.secretRef }),
        ...(isGiven(input.sendsRunAlerts) && { sendsRunAlerts: input.sendsRunAlerts }),
      };
      return { integration: await services.integrations.updateWebhook(caller, id, edit) };
    },
    createSlackIntegration: async (_parent, { input }, { caller, services }) => ({
      integration: await services.integrations.createSlack(caller, input.entityName, {
        teamName: input.teamName,
        channelName: input.channelName,
        url: input.webhookUrl,
        sendsRunAlerts: input.sendsRunAlerts ?? false,
      }),
    }),
    updateSlackIntegration: async (_parent, { input }, { caller, services }) => {
      const id = requireIntegrationNumber(input.id);
      const edit = {
        ...(isGiven(input.teamName) && { teamName: input.teamName }),
        ...(isGiven(input.channelName) && { channelName: input.channelName }),
        ...(isGiven(input.webhookUrl) && { url: input.webhookUrl }),
        ...(isGiven(input.sendsRunAlerts) && { sendsRunAlerts: input.sendsRunAlerts }),
      };
      return { integration: await services.integrations.updateSlack(caller, id, edit) };
    },
    deleteIntegration: async (_parent, { input }, { caller, services }) => {
      await services.integrations.delete(caller, requireIntegrationNumber(input.id));
      return { success: true };
    },
    testIntegration: async (_parent, { input }, { caller, services }) => {
      const id = requireIntegrationNumber(input.id);
      const { isDelivered, status, error } = await services.integrations.test(
        caller,
        id,
        input.payload ?? null,
      );
      return { success: isDelivered, responseStatus: status, error };
    },
    upsertSecret: async (_parent, { input }, { caller, services }) => ({
      secret: await services.integrations.putSecret(caller, input.entityName, input),
    }),
    deleteSecret: async (_parent, { input }, { caller, services }) => {
      await services.integrations.deleteSecret(caller, input.entityName, input.name);
      return { success: true };
    },
  },
  Integration: {
    __resolveType: ({ kind }) => (kind === "slack" ? "SlackIntegration" : "GenericWebhookIntegration"),
  },
  SlackIntegration: { id: (slack) => encodeGlobalId("SlackIntegration", slack.id) },
  GenericWebhookIntegration: {
    id: (webhook) => encodeGlobalId("GenericWebhookIntegration", webhook.id),
    urlEndpoint: (webhook) => webhook.url,
  },
  Secret: { id: (secret) => encodeGlobalId("Secret", secret.id) },
};

/** The number of an integration's global id, whatever its kind. Throws `invalid_argument` or `not_found`. */
export function requireIntegrationNumber(id: string): number {
  const { type, numbers } = decodeGlobalId(id);
  const [number] = numbers;
  if ((type === "SlackIntegration" || type === "GenericWebhookIntegration") && number !== undefined)
    return number;
  throw new ServerError("not_found", `"${id}" is not the id of an integration`, { field: "id" });
}

/** The number that a cursor of a list by id holds; 0 without one. Throws `invalid_argument`. */
export function parsePosition(cursor: string | null | undefined): number {
  if (cursor === null || cursor === undefined || cursor === "") return 0;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new ServerError("invalid_argument", "after is not a cursor of this list", { field: "after" });
}

/** Whether a field of an input is to be changed. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
