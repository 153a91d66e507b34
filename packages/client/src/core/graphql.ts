/**
 * GraphQL over the HTTP transport: one POST per operation, errors of the tree, and answers read by their document's
 * decoder. `Api.client` is one of these.
 */
import {
  GRAPHQL_PATH,
  HEADERS,
  isJsonArray,
  isJsonObject,
  parseJson,
  printJson,
  setOwn,
} from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { errorFromGraphql } from "./error-from-response.ts";
import { CommError } from "./errors.ts";
import type { GraphqlDocument } from "./graphql-document.ts";
import { summarizeOperation } from "./graphql-text.ts";
import type { HttpTransport } from "./http.ts";
import { isIdempotentMutation } from "./idempotence.ts";
import { readAnswer } from "./unexpected-answer.ts";

/** A variable's value; a member that is undefined is left out. */
export type VariableValue =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | readonly VariableValue[]
  | { readonly [key: string]: VariableValue };

/** The variables of an operation. */
export interface GraphqlVariables {
  readonly [name: string]: VariableValue;
}

/** Options of one operation. */
export interface ExecuteOptions {
  /** Stops waiting and closes the connection. */
  readonly signal?: AbortSignal | undefined;
  /** Whether a mutation written by the caller may be sent twice, and so may be retried. @default false */
  readonly isIdempotent?: boolean;
}

interface Operation {
  readonly text: string;
  readonly name: string | null;
  readonly isIdempotent: boolean;
}

/** Sends GraphQL operations to one server. */
export class GraphqlClient {
  readonly #http: HttpTransport;
  readonly #url: string;

  constructor(http: HttpTransport, baseUrl: string) {
    this.#http = http;
    this.#url = `${baseUrl}${GRAPHQL_PATH}`;
  }

  /**
   * Runs a document of this package and reads its answer.
   *
   * @throws {CommError} with code `invalid_response` and the field's path when the answer is not as promised, and as
   *   {@link query}.
   */
  async execute<TData, TVariables extends GraphqlVariables>(
    document: GraphqlDocument<TData, TVariables>,
    variables: TVariables,
    options: ExecuteOptions = {},
  ): Promise<TData> {
    const isIdempotent = document.kind === "query" || isIdempotentMutation(document.name);
    const { text, name } = document;
    const data = await this.#send({ text, name, isIdempotent }, variables, options.signal);
    return readAnswer(name, () => document.decode(data));
  }

  /**
   * Runs any document and returns its `data`.
   *
   * @throws {CommError} when the answer has errors (partial data is discarded) or there is none.
   */
  async query(text: string, variables: GraphqlVariables, options: ExecuteOptions = {}): Promise<JsonObject> {
    const { kind, name } = summarizeOperation(text);
    const isIdempotent = options.isIdempotent ?? kind === "query";
    const data = await this.#send({ text, name, isIdempotent }, variables, options.signal);
    return isJsonObject(data) ? data : {};
  }

  async #send(
    operation: Operation,
    variables: GraphqlVariables,
    signal: AbortSignal | undefined,
  ): Promise<JsonValue | undefined> {
    const what = operation.name ?? "GraphQL operation";
    const body = printJson({
      query: operation.text,
      variables: present(variables),
      operationName: operation.name,
    });
    const request = {
      method: "POST",
      url: this.#url,
      what,
      headers: { "content-type": "application/json", accept: "application/json" },
      body: () => body,
      isIdempotent: operation.isIdempotent,
      signal,
    } as const;
    const { text, requestId } = await this.#http.send(request, async (answer) => ({
      text: await answer.text(),
      requestId: answer.headers.get(HEADERS.requestId),
    }));
    const envelope = readEnvelope(text, what, requestId);
    const { errors } = envelope;
    if (isJsonArray(errors) && errors.length > 0) {
      throw errorFromGraphql({ status: 200, requestId, retryAfterMs: null, what }, errors);
    }
    return envelope["data"];
  }
}

function readEnvelope(text: string, what: string, requestId: string | null): JsonObject {
  const refuse = (cause?: unknown): CommError =>
    new CommError(`${what}: the answer is not GraphQL: ${JSON.stringify(text.slice(0, 200))}`, {
      code: "invalid_response",
      status: 200,
      requestId,
      cause,
    });
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw refuse(cause);
  }
  if (!isJsonObject(value)) throw refuse();
  return value;
}

/** Leaves out what is undefined, as JSON does. */
function present(variables: GraphqlVariables): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) setOwn(result, name, presentValue(value));
  }
  return result;
}

function presentValue(value: Exclude<VariableValue, undefined>): JsonValue {
  if (value === null || typeof value !== "object") return value;
  if (isVariableList(value)) return value.map((item) => (item === undefined ? null : presentValue(item)));
  return present(value);
}

function isVariableList(value: object): value is readonly VariableValue[] {
  return Array.isArray(value);
}
