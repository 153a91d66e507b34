import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTemporaryServer } from "../presets/embedded/temporary.ts";
import type { TemporaryServer } from "../presets/embedded/temporary.ts";

let server: TemporaryServer;
let key: string;

beforeAll(async () => {
  server = await startTemporaryServer();
  key = await server.createUser("ada");
});
afterAll(() => server.close());

function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  as = key,
): Promise<Response> {
  return server.request("/graphql", { method: "POST", body, headers, ...(as !== "nobody" && { key: as }) });
}

function postJson(body: unknown, as = key): Promise<Response> {
  return post(JSON.stringify(body), { "content-type": "application/json" }, as);
}

const VIEWER = "{ viewer { username } }";
const ADA = { data: { viewer: { username: "ada" } } };

describe("GraphQL over HTTP", () => {
  it("answers null for the viewer without credentials", async () => {
    expect(await server.graphql(VIEWER)).toEqual({ data: { viewer: null } });
  });

  it("answers 401 for the whole request when the key is wrong", async () => {
    const response = await postJson({ query: VIEWER }, `local-${"f".repeat(48)}`);
    expect(response.status).toBe(401);
    // Where REST has the reason, and where clients of GraphQL look for it.
    expect(await response.json()).toMatchObject({
      error: { code: "unauthenticated", message: "The API key is not valid" },
      errors: [{ message: "The API key is not valid", extensions: { code: "unauthenticated" } }],
    });
  });

  it("answers 401 for another scheme of authorization", async () => {
    const response = await post(JSON.stringify({ query: VIEWER }), { authorization: "Bearer x" }, "nobody");
    expect(response.status).toBe(401);
  });

  it("answers 200 with errors for a document that is broken or unknown to the schema", async () => {
    for (const [query, message] of [
      ["{ viewer {", "Syntax Error: Expected Name, found <EOF>."],
      ["{ serverInfo { nothing } }", 'Cannot query field "nothing" on type "ServerInfo".'],
      ["", "Syntax Error: Unexpected <EOF>."],
    ]) {
      const response = await postJson({ query });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        errors: [{ message, extensions: { code: "invalid_argument" } }],
      });
    }
  });

  it("says which variable has a wrong type", async () => {
    const query = "query ($n: String!) { organization(name: $n) { id } }";
    const answer = await (await postJson({ query, variables: { n: { a: 1 } } })).json();
    expect(answer).toMatchObject({
      errors: [{ message: expect.stringContaining('Variable "$n" got invalid value') as string }],
    });
  });

  it("takes the operation from the document when its name is empty, absent or another's", async () => {
    const query = "query Viewer { viewer { username } }";
    for (const operationName of ["", null, undefined, "Viewer", "GetViewer"]) {
      expect(await (await postJson({ query, operationName })).json()).toEqual(ADA);
    }
  });

  it("chooses by name among several operations", async () => {
    const query = "query A { viewer { username } } query B { viewer { name } }";
    expect(await (await postJson({ query, operationName: "B" })).json()).toEqual({
      data: { viewer: { name: "ada" } },
    });
    expect(await (await postJson({ query })).json()).toHaveProperty("errors");
  });

  it("ignores variables that the document does not declare, and commas where they are not needed", async () => {
    const query = "query Viewer,{ viewer, { username, }, }";
    expect(await (await postJson({ query, variables: { unknown: 1 } })).json()).toEqual(ADA);
  });

  it("reads gzip bodies and bare NaN", async () => {
    const packed = gzipSync(JSON.stringify({ query: VIEWER }));
    expect(await (await post(packed, { "content-encoding": "gzip" })).json()).toEqual(ADA);
    const tolerant = `{"query": ${JSON.stringify(VIEWER)}, "variables": {"x": NaN}}`;
    expect(await (await post(tolerant)).json()).toEqual(ADA);
  });

  it("answers 400 for a body that is not JSON, not gzip or not a request", async () => {
    for (const [body, headers] of [
      ["{", {}],
      ["[]", {}],
      ['{"query": 1}', {}],
      ["", {}],
      ["x", { "content-encoding": "gzip" }],
    ] as const) {
      const response = await post(body, headers);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: "invalid_argument" } });
    }
  });

  it("takes a variable of 12 MB, and refuses large bodies from strangers before reading them", async () => {
    const query = "query ($d: String) { project(name: $d, entityName: $d) { id } }";
    const variables = { d: "x".repeat(12_000_000) };
    expect(await (await postJson({ query, variables })).json()).toEqual({ data: { project: null } });
    const refused = await post(JSON.stringify({ query, variables }), {}, "nobody");
    expect(refused.status).toBe(401);
  });

  it("tells the schema to signed-in callers only", async () => {
    const query = '{ __type(name: "Query") { name } }';
    expect(await server.graphql(query, { key })).toEqual({ data: { __type: { name: "Query" } } });
    expect(await server.graphql(query)).toHaveProperty("errors");
  });

  it("refuses documents that ask for too much", async () => {
    const deep = `{ viewer { ${"organizations { orgEntity { organization { ".repeat(10)} id ${"}}}".repeat(10)} } }`;
    const aliases = (count: number, field: string): string =>
      Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(" ");
    const wide = `{ ${aliases(150, "viewer { ...F }")} } fragment F on User { ${aliases(20, "id")} }`;
    const pages =
      "{ models(first: 1000) { edges { node { runs(first: 1000) { edges { node { id } } } } } } }";
    const long = `{ viewer { ${"id ".repeat(4001)} } }`;
    for (const query of [deep, wide, pages, long]) {
      const answer = await (await postJson({ query })).json();
      expect(answer).toMatchObject({ errors: [{ extensions: { code: "invalid_argument" } }] });
    }
  });

  it("counts page sizes that come in variables", async () => {
    const query =
      "query ($n: Int = 1000) { models(first: $n) { edges { node { runs(first: $n) { edges { node { id } } } } } } }";
    expect(await server.graphql(query, { key })).toHaveProperty("errors");
    expect(await server.graphql(query, { key, variables: { n: 10 } })).not.toHaveProperty("errors");
  });
});

describe("the HTTP side", () => {
  it("answers /health and /ready", async () => {
    expect((await server.request("/health")).status).toBe(200);
    expect((await server.request("/ready")).status).toBe(200);
  });

  it("answers 404 to the telemetry probe and to unknown addresses, as JSON", async () => {
    for (const path of ["/sdk/otel/v1/metrics", "/sdk/otel/v1/logs", "/api/nothing", "/oidc/token"]) {
      const response = await server.request(path, { method: "POST", body: "x" });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
    }
    expect((await server.request("/graphql")).status).toBe(404);
  });

  it("gives every answer a request id and keeps one that is given", async () => {
    expect((await server.request("/health")).headers.get("x-request-id")).toMatch(/^[0-9a-f]{16}$/);
    const given = await server.request("/health", { headers: { "x-request-id": "abc-1" } });
    expect(given.headers.get("x-request-id")).toBe("abc-1");
    const hostile = await server.request("/health", { headers: { "x-request-id": "a b" } });
    expect(hostile.headers.get("x-request-id")).toMatch(/^[0-9a-f]{16}$/);
  });

  it("lets pages of any origin call it", async () => {
    const preflight = await server.request("/files/ada/p/r/a%20b.txt", {
      method: "OPTIONS",
      headers: { origin: "https://example.com", "access-control-request-headers": "authorization,x-custom" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization,x-custom");
    expect(preflight.headers.get("access-control-allow-methods")).toContain("PUT");
    const failed = await postJson({ query: VIEWER }, `local-${"f".repeat(48)}`);
    expect(failed.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("answers paths whose escapes are broken", async () => {
    for (const path of ["/ada/100%/runs/x", "/ada/%FF", "/ada/%zz%41", "/ada/caf%C3%A9%"]) {
      expect(await statusOf(path)).toBe(200);
    }
  });

  it("builds addresses from the request, and ignores forwarded headers of strangers", async () => {
    const page = await server.request("/ada/p", {
      headers: { "x-forwarded-host": "evil.example.com", "x-forwarded-proto": "https" },
    });
    const text = await page.text();
    expect(text).toContain(`WANDB_BASE_URL=${server.url}`);
    expect(text).not.toContain("evil");
  });
});

describe("behind a proxy", () => {
  it("believes forwarded headers when told to", async () => {
    const trusting = await startTemporaryServer({ trustProxy: true });
    const headers = { "x-forwarded-host": "runs.example.com", "x-forwarded-proto": "https" };
    const text = await (await trusting.request("/ada/p", { headers })).text();
    expect(text).toContain("WANDB_BASE_URL=https://runs.example.com ");
    await trusting.close();
  });

  it("builds addresses from the url that it is told", async () => {
    const told = await startTemporaryServer({ url: "https://runs.example.org/base/" });
    expect(await (await told.request("/ada/p")).text()).toContain(
      "WANDB_BASE_URL=https://runs.example.org/base ",
    );
    await told.close();
  });
});

/** `fetch` repairs addresses itself, so this sends one as it is. */
async function statusOf(path: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const { hostname, port } = new URL(server.url);
  const call = httpRequest({ hostname, port, path }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  call.on("error", reject);
  call.end();
  return promise;
}
