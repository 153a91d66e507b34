/**
 * The documents about automations. They are put together here and not generated, because older servers refuse a whole
 * document for one type that they do not know, and because an automation is made of types to choose from.
 */
import { asObject, boolean, field, list, nullable, text } from "../../core/decode.ts";
import type { Decoder } from "../../core/decode.ts";
import type { GraphqlDocument } from "../../core/graphql-document.ts";
import type { GraphqlVariables } from "../../core/graphql.ts";
import type { Service } from "../../core/service.ts";
import { SLACK_FIELDS, WEBHOOK_FIELDS, decodeIntegration } from "../integrations/integration-documents.ts";
import type { IntegrationFields } from "../integrations/integration-documents.ts";

/** An automation as the server tells of it. */
export interface TriggerFields {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string | null;
  readonly name: string;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly scope: {
    readonly __typename: string;
    readonly id: string;
    readonly name: string;
    readonly entityType: string | null;
  } | null;
  readonly event: { readonly eventType: string; readonly filter: string };
  readonly action: {
    readonly __typename: string;
    readonly integration: IntegrationFields | null;
    readonly title: string | null;
    readonly message: string | null;
    readonly severity: string | null;
    readonly requestPayload: string | null;
  };
}

/** A page of automations; those of many projects come in lists. */
export interface TriggerPage {
  readonly triggers: readonly TriggerFields[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

type Answer = { readonly trigger: TriggerFields | null } | null;

/** The types that a server may not have. */
interface KnownTypes {
  readonly entityScope: boolean;
  readonly noOp: boolean;
}

const decodeScope: Decoder<TriggerFields["scope"]> = (value) => {
  const o = asObject(value);
  // A scope of a kind that was not asked for says nothing of itself.
  if (!Object.hasOwn(o, "id")) return null;
  return {
    __typename: field(o, "__typename", text),
    id: field(o, "id", text),
    name: field(o, "name", text),
    entityType: field(o, "entityType", nullable(text)),
  };
};

const decodeTrigger: Decoder<TriggerFields> = (value) => {
  const o = asObject(value);
  return {
    id: field(o, "id", text),
    createdAt: field(o, "createdAt", text),
    updatedAt: field(o, "updatedAt", nullable(text)),
    name: field(o, "name", text),
    description: field(o, "description", nullable(text)),
    enabled: field(o, "enabled", boolean),
    scope: field(o, "scope", decodeScope),
    event: field(o, "event", (event) => {
      const of = asObject(event);
      return { eventType: field(of, "eventType", text), filter: field(of, "filter", text) };
    }),
    action: field(o, "action", (action) => {
      const of = asObject(action);
      return {
        __typename: field(of, "__typename", text),
        integration: field(of, "integration", nullable(decodeIntegration)),
        title: field(of, "title", nullable(text)),
        message: field(of, "message", nullable(text)),
        severity: field(of, "severity", nullable(text)),
        requestPayload: field(of, "requestPayload", nullable(text)),
      };
    }),
  };
};

/** Asks once per server which types it has. */
async function knownTypes(service: Service): Promise<KnownTypes> {
  const [entityScope, noOp] = await Promise.all([
    service.supports("AUTOMATION_SCOPE_ENTITY"),
    service.supports("AUTOMATION_ACTION_NO_OP"),
  ]);
  return { entityScope, noOp };
}

function triggerSelection({ entityScope, noOp }: KnownTypes): string {
  return `id createdAt updatedAt name description enabled
    scope {
      __typename
      ... on Project { id name }
      ... on ArtifactSequence { id name }
      ... on ArtifactPortfolio { id name }
      ${entityScope ? "... on Entity { id name entityType }" : ""}
    }
    event: triggeringCondition {
      __typename
      ... on FilterEventTriggeringCondition { eventType filter }
    }
    action: triggeredAction {
      __typename
      ... on NotificationTriggeredAction { integration { ${SLACK_FIELDS} } title message severity }
      ... on GenericWebhookTriggeredAction { integration { ${WEBHOOK_FIELDS} } requestPayload }
      ${noOp ? "... on NoOpTriggeredAction { noOp }" : ""}
    }`;
}

/** The automations of an entity that fit a filter. */
export async function entityTriggers(
  service: Service,
): Promise<GraphqlDocument<TriggerPage | null, GraphqlVariables>> {
  const selection = triggerSelection(await knownTypes(service));
  return {
    kind: "query",
    name: "GetEntityAutomations",
    text: `query GetEntityAutomations($entity: String!, $cursor: String, $perPage: Int, $filters: JSONString) {
  scope: entity(name: $entity) {
    triggers(after: $cursor, first: $perPage, filters: $filters) {
      pageInfo { endCursor hasNextPage }
      edges { node { ${selection} } }
    }
  }
}`,
    decode: (data) =>
      field(
        asObject(data),
        "scope",
        nullable((scope) =>
          field(asObject(scope), "triggers", (page) => decodePage(page, (node) => [decodeTrigger(node)])),
        ),
      ),
  };
}

/** The automations of the projects of an entity, or of the caller, a page of projects at a time. */
export async function projectTriggers(
  service: Service,
  of: "entity" | "viewer",
): Promise<GraphqlDocument<TriggerPage | null, GraphqlVariables>> {
  const selection = triggerSelection(await knownTypes(service));
  const name = of === "entity" ? "GetEntityAutomationsLegacy" : "GetAutomationsLegacy";
  const variables = `${of === "entity" ? "$entity: String!, " : ""}$cursor: String, $perPage: Int`;
  return {
    kind: "query",
    name,
    text: `query ${name}(${variables}) {
  scope: ${of === "entity" ? "entity(name: $entity)" : "viewer"} {
    projects(after: $cursor, first: $perPage) {
      pageInfo { endCursor hasNextPage }
      edges { node { triggers { ${selection} } } }
    }
  }
}`,
    decode: (data) =>
      field(
        asObject(data),
        "scope",
        nullable((scope) =>
          field(asObject(scope), "projects", (page) =>
            decodePage(page, (node) => field(asObject(node), "triggers", list(decodeTrigger))),
          ),
        ),
      ),
  };
}

/** Creates or changes an automation. */
export async function saveTrigger(
  service: Service,
  what: "create" | "update",
): Promise<GraphqlDocument<Answer, GraphqlVariables>> {
  const selection = triggerSelection(await knownTypes(service));
  const [name, type] =
    what === "create"
      ? ["CreateAutomation", "CreateFilterTriggerInput"]
      : ["UpdateAutomation", "UpdateFilterTriggerInput"];
  return {
    kind: "mutation",
    name,
    text: `mutation ${name}($input: ${type}!) {
  result: ${what}FilterTrigger(input: $input) { trigger { ${selection} } }
}`,
    decode: (data) =>
      field(
        asObject(data),
        "result",
        nullable((result) => ({ trigger: field(asObject(result), "trigger", nullable(decodeTrigger)) })),
      ),
  };
}

function decodePage(
  value: Parameters<Decoder<TriggerPage>>[0],
  decodeNode: Decoder<readonly TriggerFields[]>,
): TriggerPage {
  const o = asObject(value);
  const info = field(o, "pageInfo", asObject);
  const nodes = field(
    o,
    "edges",
    list((edge) => field(asObject(edge), "node", nullable(decodeNode))),
  );
  return {
    triggers: nodes.flatMap((node) => node ?? []),
    endCursor: field(info, "endCursor", nullable(text)),
    hasNextPage: field(info, "hasNextPage", boolean),
  };
}
