/** An HTTP server on a real socket that answers as a test says and remembers what it was asked. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

import { isJsonObject, parseJson, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

/** A request as it came. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The GraphQL operation's name; empty for other requests. */
  readonly operation: string;
  /** The GraphQL operation's variables. */
  readonly variables: JsonObject;
}

/** What to answer. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes and texts as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Waits before answering. */
  readonly delayMs?: number;
  /** Breaks the connection instead of answering, or after a part of the body. */
  readonly hangUp?: "at once" | "after body";
}

/** Decides an answer; the count says how many requests came before this one. */
export type Script = (request: ReceivedRequest, count: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** A running scripted server. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** The names of the GraphQL operations, in order. */
  readonly operations: readonly string[];
}

/** Starts a server on a free port. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, script, requests);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Expected a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    get operations() {
      return requests.map(({ operation }) => operation).filter((operation) => operation !== "");
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A script of GraphQL operations: the `data` for each name, or a function of its variables. */
export function graphqlScript(
  answers: Readonly<Record<string, unknown>>,
): (request: ReceivedRequest) => ScriptedAnswer {
  return ({ operation, variables }) => {
    if (!Object.hasOwn(answers, operation)) return graphqlErrors(`Unexpected operation ${operation}`);
    const entry = answers[operation];
    const data: unknown = typeof entry === "function" ? Reflect.apply(entry, undefined, [variables]) : entry;
    return { body: { data } };
  };
}

/** An answer with 200 and errors. */
export function graphqlErrors(...messages: readonly string[]): ScriptedAnswer {
  return { body: { data: null, errors: messages.map((message) => ({ message })) } };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  script: Script,
  requests: ReceivedRequest[],
): Promise<void> {
  const received = await receive(request);
  const count = requests.push(received) - 1;
  const { status = 200, headers = {}, body, delayMs = 0, hangUp } = await script(received, count);
  await delay(delayMs);
  if (hangUp === "at once") {
    request.socket.destroy();
    return;
  }
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const content = isRaw ? body : JSON.stringify(body ?? null);
  response.writeHead(status, { ...(!isRaw && { "content-type": "application/json" }), ...headers });
  if (hangUp === "after body") {
    response.write(content, () => request.socket.destroy());
    return;
  }
  response.end(content);
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  const body = Buffer.concat(parts);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join() : (value ?? ""),
    ]),
  );
  const isGraphql = request.url === "/graphql" && headers["content-type"] === "application/json";
  const envelope = isGraphql ? parseJsonObject(body.toString()) : {};
  const operation = envelope["operationName"];
  const variables = envelope["variables"];
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers,
    body,
    operation: typeof operation === "string" ? operation : "",
    variables: isJsonObject(variables) ? variables : {},
  };
}

/** A request's body as JSON. */
export function jsonBody(request: ReceivedRequest | undefined): unknown {
  return request === undefined ? undefined : parseJson(request.body.toString());
}
