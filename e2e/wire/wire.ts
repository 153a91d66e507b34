// Speaks to a server as the client does on the wire, without the client: for what must be refused, for what
// must survive a crash, and for looking at the server from outside.
import { request, type IncomingHttpHeaders } from "node:http";
import type { ClientTarget } from "../python/run-python.ts";

const answerTimeoutMs = 60_000;

/** An answer, its body as text and, where it is JSON, parsed. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown;
}

/** A request beyond method and path. */
export interface WireRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** @default true */
  readonly authorized?: boolean;
}

/** One server seen through plain HTTP. */
export class Wire {
  readonly #target: ClientTarget;

  constructor(target: ClientTarget) {
    this.#target = target;
  }

  /** Sends a request to a path or an absolute address, exactly as spelled: `fetch` would tidy `..` away. */
  async request(path: string, request: WireRequest = {}): Promise<WireAnswer> {
    const { origin } = new URL(path.startsWith("http") ? path : this.#target.url);
    const spelled = path.startsWith(origin) ? path.slice(origin.length) : path;
    return send(origin, spelled, {
      ...request,
      headers: {
        ...((request.authorized ?? true) && { authorization: basic(this.#target.apiKey) }),
        ...request.headers,
      },
    });
  }

  /** Posts a document with variables, whatever they are. */
  async graphql(query: string, variables: unknown = {}): Promise<WireAnswer> {
    return this.request("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
  }

  /** The `data` of a document; throws when there were errors. */
  async query(query: string, variables: unknown = {}): Promise<unknown> {
    const answer = await this.graphql(query, variables);
    const errors = pickOptional(answer.json, "errors");
    if (answer.status !== 200 || errors !== undefined) {
      throw new Error(`expected data, found ${answer.status}: ${answer.text.slice(0, 2_000)}`);
    }
    return pick(answer.json, "data");
  }

  /** Posts one file_stream body, given as a value or as its text. */
  async fileStream(
    run: RunAddress,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<WireAnswer> {
    return this.request(`/files/${run.entity}/${run.project}/${run.id}/file_stream`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
  }

  /** Makes a run and returns its address. */
  async upsertRun(
    project: string,
    id: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<RunAddress> {
    const data = await this.query(upsertBucket, { project, name: id, ...more });
    const bucket = pick(data, "upsertBucket", "bucket");
    return {
      entity: pickString(bucket, "project", "entity", "name"),
      project,
      id,
      storageId: pickString(bucket, "id"),
    };
  }

  /** Fields of one run. */
  async run(
    address: RunAddress,
    selection: string,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<unknown> {
    const declared = Object.keys(variables).length === 0 ? "" : `, ${declare(variables)}`;
    const data = await this.query(
      `query ReadRun($entity: String!, $project: String!, $id: String!${declared}) {
        project(name: $project, entityName: $entity) { run(name: $id) { ${selection} } }
      }`,
      { entity: address.entity, project: address.project, id: address.id, ...variables },
    );
    return pick(data, "project", "run");
  }

  /** Every history line of a run as text, in order of steps. */
  async historyLines(address: RunAddress): Promise<string[]> {
    const lines = pick(
      await this.run(address, "history(minStep: 0, maxStep: 100000000, samples: 10000000)"),
      "history",
    );
    if (!Array.isArray(lines) || !lines.every((line) => typeof line === "string")) {
      throw new TypeError(`expected history lines, found ${JSON.stringify(lines).slice(0, 200)}`);
    }
    return lines;
  }
}

/** Names a run, with the global id that mutations take. */
export interface RunAddress {
  readonly entity: string;
  readonly project: string;
  readonly id: string;
  readonly storageId: string;
}

const upsertBucket = `mutation UpsertBucket($id: String, $name: String, $project: String, $entity: String,
    $groupName: String, $displayName: String, $notes: String, $config: JSONString, $tags: [String!],
    $jobType: String, $state: String, $summaryMetrics: JSONString) {
  upsertBucket(input: {id: $id, name: $name, modelName: $project, entityName: $entity, groupName: $groupName,
      displayName: $displayName, notes: $notes, config: $config, tags: $tags, jobType: $jobType, state: $state,
      summaryMetrics: $summaryMetrics}) {
    bucket { id name project { id name entity { id name } } historyLineCount }
    inserted
  }
}`;

/** The value at a path of keys and indexes; throws where the path ends. */
export function pick(value: unknown, ...path: readonly (string | number)[]): unknown {
  const found = pickOptional(value, ...path);
  if (found === undefined) {
    throw new TypeError(
      `expected a value at ${path.join(".")}, found none in ${JSON.stringify(value).slice(0, 500)}`,
    );
  }
  return found;
}

/** The value at a path of keys and indexes, or undefined. */
export function pickOptional(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = new Map<string, unknown>(Object.entries(current)).get(String(key));
  }
  return current;
}

/** The text at a path; throws when there is something else. */
export function pickString(value: unknown, ...path: readonly (string | number)[]): string {
  const found = pick(value, ...path);
  if (typeof found !== "string")
    throw new TypeError(`expected text at ${path.join(".")}, found ${typeof found}`);
  return found;
}

/** The list at a path; throws when there is something else. */
export function pickList(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found: unknown = pick(value, ...path);
  if (!Array.isArray(found))
    throw new TypeError(`expected a list at ${path.join(".")}, found ${typeof found}`);
  return found;
}

function declare(variables: Readonly<Record<string, unknown>>): string {
  return Object.entries(variables)
    .map(
      ([name, value]) =>
        `$${name}: ${Array.isArray(value) ? "[JSONString!]!" : typeof value === "number" ? "Int" : "String"}`,
    )
    .join(", ");
}

function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function basic(key: string): string {
  return `Basic ${Buffer.from(`api:${key}`).toString("base64")}`;
}

async function send(origin: string, path: string, message: WireRequest): Promise<WireAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>();
  const { hostname, port } = new URL(origin);
  const body = message.body ?? "";
  const outgoing = request(
    {
      hostname,
      port,
      path,
      method: message.method ?? "GET",
      headers: { ...message.headers, ...(body.length > 0 && { "content-length": Buffer.byteLength(body) }) },
      timeout: answerTimeoutMs,
    },
    (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.once("error", reject);
      incoming.once("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text,
          json: parseIfJson(text),
        });
      });
    },
  );
  outgoing.once("error", reject);
  outgoing.once("timeout", () => {
    outgoing.destroy(new Error(`${path} was not answered within ${answerTimeoutMs} ms`));
  });
  outgoing.end(body);
  return promise;
}
