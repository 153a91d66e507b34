/** The documents about integrations. An integration is one of several types, hence put together by hand. */
import { asObject, boolean, field, list, nullable, text } from "../../core/decode.ts";
import type { Decoder } from "../../core/decode.ts";
import type { GraphqlDocument } from "../../core/graphql-document.ts";
import type { GraphqlVariables } from "../../core/graphql.ts";

/** What is asked of a Slack channel. */
export const SLACK_FIELDS = "__typename ... on SlackIntegration { id teamName channelName }";

/** What is asked of a webhook. */
export const WEBHOOK_FIELDS = "__typename ... on GenericWebhookIntegration { id name urlEndpoint }";

/** An integration as the server tells of it; the fields of other kinds are null. */
export interface IntegrationFields {
  readonly __typename: string;
  readonly id: string | null;
  readonly teamName: string | null;
  readonly channelName: string | null;
  readonly name: string | null;
  readonly urlEndpoint: string | null;
}

/** A page of integrations. */
export interface IntegrationPage {
  readonly integrations: readonly IntegrationFields[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

/** Reads an integration of any kind. */
export const decodeIntegration: Decoder<IntegrationFields> = (value) => {
  const o = asObject(value);
  return {
    __typename: field(o, "__typename", text),
    id: field(o, "id", nullable(text)),
    teamName: field(o, "teamName", nullable(text)),
    channelName: field(o, "channelName", nullable(text)),
    name: field(o, "name", nullable(text)),
    urlEndpoint: field(o, "urlEndpoint", nullable(text)),
  };
};

/** The integrations of an entity. */
export const INTEGRATIONS: GraphqlDocument<IntegrationPage | null, GraphqlVariables> = {
  kind: "query",
  name: "IntegrationsByEntity",
  text: `query IntegrationsByEntity($entity: String!, $cursor: String, $perPage: Int) {
  entity(name: $entity) {
    integrations(after: $cursor, first: $perPage) {
      pageInfo { endCursor hasNextPage }
      edges { node { ${SLACK_FIELDS} ${WEBHOOK_FIELDS.replace("__typename ", "")} } }
    }
  }
}`,
  decode: (data) =>
    field(
      asObject(data),
      "entity",
      nullable((entity) => field(asObject(entity), "integrations", nullable(decodePage))),
    ) ?? null,
};

/** Creates or changes an integration. */
export function saveIntegration(
  what: "create" | "update",
  kind: "Slack" | "GenericWebhook",
): GraphqlDocument<IntegrationFields | null, GraphqlVariables> {
  const name = `${what === "create" ? "Create" : "Update"}${kind}Integration`;
  const selection = kind === "Slack" ? SLACK_FIELDS : WEBHOOK_FIELDS;
  return {
    kind: "mutation",
    name,
    text: `mutation ${name}($input: ${name}Input!) {
  result: ${what}${kind}Integration(input: $input) { integration { ${selection} } }
}`,
    decode: (data) =>
      field(
        asObject(data),
        "result",
        nullable((result) => field(asObject(result), "integration", decodeIntegration)),
      ),
  };
}

const decodePage: Decoder<IntegrationPage> = (value) => {
  const o = asObject(value);
  const info = field(o, "pageInfo", asObject);
  const nodes = field(
    o,
    "edges",
    list((edge) => field(asObject(edge), "node", nullable(decodeIntegration))),
  );
  return {
    integrations: nodes.filter((node) => node !== null),
    endCursor: field(info, "endCursor", nullable(text)),
    hasNextPage: field(info, "hasNextPage", boolean),
  };
};
