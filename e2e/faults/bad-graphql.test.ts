// Wrong values in each variable of the main operations, and filters and orders that make no sense: the client
// repeats a 5xx for minutes, so every problem must be an answer it understands.
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  pick,
  pickList,
  pickOptional,
  pickString,
  Wire,
  type RunAddress,
  type WireAnswer,
} from "../wire/wire.ts";
import { operations, type Operation } from "./operations.ts";

const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  "",
  "x",
  "../..",
  "null",
  "{",
  "[]",
  '{"keys":5}',
  "\u0000",
  "é".repeat(2_000),
  [],
  [null],
  [[[]]],
  ["{"],
  ["null"],
  ['{"keys":[],"samples":-1}'],
  ['{"keys":"_step"}'],
  {},
  { id: 5 },
  { id: "x", state: "y" },
  { __proto__: null, constructor: 1 },
];

let server: TestServer;
let wire: Wire;
let run: RunAddress;
const lines = Array.from({ length: 10 }, (_, step) => `{"_step":${step},"loss":${step}.5}`);

beforeAll(async () => {
  server = await startTestServer();
  wire = new Wire(server);
  run = await wire.upsertRun("graphql", "R", {
    config: JSON.stringify({
      lr: { value: 0.1 },
      text: { value: "a".repeat(50_000) },
      deep: { value: { er: 1 } },
    }),
    tags: ["t"],
  });
  await wire.fileStream(run, {
    files: {
      "wandb-history.jsonl": { offset: 0, content: lines },
      "wandb-summary.json": { offset: 0, content: ['{"loss":9.5,"nan":NaN}'] },
    },
  });
});

afterEach(async () => {
  expect((await wire.request("/health")).status).toBe(200);
  expect(await wire.historyLines(run)).toEqual(lines);
});

afterAll(async () => {
  await server.stop();
});

/** 200 with data or errors, or a refusal: never a server error, never an unexpected exception behind 200. */
function expectSettled(answer: WireAnswer, about: string): void {
  const where = `${about}: ${answer.status} ${answer.text.slice(0, 500)}`;
  expect([200, 400], where).toContain(answer.status);
  expect(answer.json, where).toBeTypeOf("object");
  expect(JSON.stringify(answer.json), where).not.toMatch(/internal(?: server)? error|"code":"internal"/iu);
  for (const error of errorsOf(answer)) expect(pickString(error, "message").length, where).toBeGreaterThan(0);
}

function errorsOf(answer: WireAnswer): readonly unknown[] {
  return pickOptional(answer.json, "errors") === undefined ? [] : pickList(answer.json, "errors");
}

async function realVariables(operation: Operation): Promise<Record<string, unknown>> {
  const text = JSON.stringify(operation.variables)
    .replaceAll('"E"', JSON.stringify(run.entity))
    .replaceAll('"ID"', JSON.stringify((await spare("spare")).storageId))
    .replaceAll('"VANISHING"', JSON.stringify((await spare("vanishing")).storageId));
  if (operation.name === "RewindRun") await spare("rewound");
  const variables: unknown = JSON.parse(text);
  if (typeof variables !== "object" || variables === null) throw new TypeError("expected variables");
  return Object.fromEntries(Object.entries(variables));
}

/** A run that may be changed, stopped or deleted. */
async function spare(id: string): Promise<RunAddress> {
  const address = await wire.upsertRun("graphql", id);
  await wire.fileStream(address, { files: { "wandb-history.jsonl": { offset: 0, content: lines } } });
  return address;
}

describe("each variable of each main operation", () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))(
    "may hold anything in %s",
    async (_, operation) => {
      const right = await realVariables(operation);
      const answer = await wire.graphql(operation.document, right);
      expectSettled(answer, `${operation.name} with right variables`);
      expect(errorsOf(answer)).toEqual([]);
      for (const name of Object.keys(right)) {
        // The name of the run that must stay intact is not given to operations that change it.
        for (const wrong of wrongValues) {
          const variables = { ...right, [name]: wrong };
          expectSettled(
            await wire.graphql(operation.document, variables),
            `${operation.name} with ${name} = ${JSON.stringify(wrong).slice(0, 60)}`,
          );
        }
        const without = Object.fromEntries(Object.entries(right).filter(([key]) => key !== name));
        expectSettled(await wire.graphql(operation.document, without), `${operation.name} without ${name}`);
      }
    },
  );
});

describe("a request that is not GraphQL", () => {
  it.each([
    ["no body", ""],
    ["broken JSON", '{"query":'],
    ["a list", "[]"],
    ["null", "null"],
    ["a number for the query", '{"query":5}'],
    ["no query", "{}"],
    ["broken GraphQL", '{"query":"{ viewer {"}'],
    ["an unknown field", '{"query":"{ nothingLikeThis }"}'],
    ["two operations and no name", '{"query":"query A { viewer { id } } query B { viewer { id } }"}'],
    ["variables that are a list", '{"query":"{ viewer { id } }","variables":[1]}'],
    ["variables that are text", '{"query":"{ viewer { id } }","variables":"x"}'],
  ])("is answered 200 with errors or 400: %s", async (_, body) => {
    const answer = await wire.request("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect([200, 400], answer.text).toContain(answer.status);
    if (answer.status === 200) expect(errorsOf(answer).length).toBeGreaterThan(0);
  });

  it("is refused when the document is nested absurdly", async () => {
    const deep = `{ ${"viewer { teams { edges { node { ".repeat(500)} id ${"} } } } ".repeat(500)} }`;
    expect([200, 400]).toContain((await wire.graphql(deep)).status);
    const aliases = `{ ${Array.from({ length: 20_000 }, (_, i) => `a${i}: viewer { id }`).join(" ")} }`;
    expect([200, 400, 413]).toContain((await wire.graphql(aliases)).status);
  });

  it("takes an empty operation name, unknown variables, trailing commas and a leading comment", async () => {
    const answer = await wire.request("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        query: "#graphql\nquery V($a: String,) { viewer { id, entity, }, project(name: $a,) { id }, }",
        variables: { a: null, unknown: [1] },
        operationName: "",
      }),
    });
    expect(answer.status).toBe(200);
    expect(errorsOf(answer)).toEqual([]);
  });
});

const runsDocument = `query Runs($project: String!, $entity: String!, $filters: JSONString, $order: String, $after: String) {
  project(name: $project, entityName: $entity) {
    runCount(filters: $filters)
    runs(filters: $filters, order: $order, after: $after, first: 50) { edges { node { name } } }
  }
}`;

async function runsWith(variables: Readonly<Record<string, unknown>>): Promise<WireAnswer> {
  return wire.graphql(runsDocument, { project: "graphql", entity: run.entity, ...variables });
}

describe("a filter that makes no sense", () => {
  it.each([
    ["an unknown operator", '{"config.lr":{"$frobnicate":1}}', /\$frobnicate/u],
    ["an unknown logical operator", '{"$xor":[{"state":"running"}]}', /\$xor/u],
    ["$in without a list", '{"config.lr":{"$in":5}}', /\$in/u],
    ["$and without a list", '{"$and":{"state":"running"}}', /\$and/u],
    ["$regex without text", '{"config.text":{"$regex":5}}', /\$regex/u],
    ["a broken regex", '{"config.text":{"$regex":"("}}', /regex|\(/iu],
    ["a list", "[]", /filter/iu],
    ["a number", "5", /filter/iu],
    ["broken JSON", '{"a":', /JSON|filter/iu],
  ])("is an error that says what is wrong: %s", async (_, filters, message) => {
    const answer = await runsWith({ filters });
    expect(answer.status).toBe(200);
    const [error] = errorsOf(answer);
    expect(error, answer.text).toBeDefined();
    expect(pickString(error, "message")).toMatch(message);
  });

  it("is refused when it is nested absurdly or far too long", async () => {
    const deep = `${'{"$and":['.repeat(5_000)}{}${"]}".repeat(5_000)}`;
    expectSettled(await runsWith({ filters: deep }), "a deep filter");
    const wide = JSON.stringify({ $or: Array.from({ length: 50_000 }, (_, i) => ({ name: `r${i}` })) });
    expectSettled(await runsWith({ filters: wide }), "a wide filter");
    const long = JSON.stringify({ name: { $in: Array.from({ length: 20_000 }, (_, i) => `r${i}`) } });
    expectSettled(await runsWith({ filters: long }), "a long list");
  });

  it.each([
    "(a+)+$",
    "(a|aa)+$",
    "(a|a?)+$",
    "(.*a){25}b",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(a*)*b",
    "a{1,1000}{1,1000}",
    "(x+x+)+y",
    "a?".repeat(500) + "a".repeat(500),
    "(".repeat(500) + ")".repeat(500),
    "[".repeat(1_000),
    "\\1(a)",
    "(?=a)a",
    "(?<name>a)\\k<name>",
  ])("is answered before a client gives up, for pattern %#", { timeout: 20_000 }, async (pattern) => {
    const answer = await runsWith({ filters: JSON.stringify({ "config.text": { $regex: pattern } }) });
    expectSettled(answer, pattern);
  });
});

describe("an order or a cursor that makes no sense", () => {
  it.each([
    "",
    "+",
    "-",
    "++created_at",
    "created_at desc",
    "config.",
    ".",
    "summary_metrics.",
    ",",
    "+a,,b",
    "\u0000",
    "x".repeat(10_000),
  ])("is settled: order %#", async (order) => {
    expectSettled(await runsWith({ order }), order);
  });

  it.each(["", "x", "0", "!!!!", "bm90aGluZw==", "null", "eyJrIjpbXX0=", "-1", "x".repeat(10_000)])(
    "is settled: cursor %#",
    async (after) => {
      expectSettled(await runsWith({ after }), after);
    },
  );
});

it("answers nothing to whoever has no key, and says so with 401", async () => {
  const answer = await wire.request("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: '{ project(name: "graphql") { id } }' }),
    authorized: false,
  });
  // Without a key Viewer is null; everything else is refused.
  expect([200, 401]).toContain(answer.status);
  if (answer.status === 200) expect(pickOptional(answer.json, "data", "project") ?? null).toBeNull();
  const stranger = new Wire({ url: server.url, apiKey: "f".repeat(40) });
  expect((await stranger.graphql("{ viewer { id } }")).status).toBe(401);
});

it("gives null, not errors, for what does not exist", async () => {
  const data = await wire.query(
    `query Missing($entity: String!) {
      noRun: project(name: "graphql", entityName: $entity) { run(name: "none") { id } }
      noProject: project(name: "none", entityName: $entity) { id }
      noEntity: project(name: "none", entityName: "nobody") { id }
    }`,
    { entity: run.entity },
  );
  expect(data).toEqual({ noRun: { run: null }, noProject: null, noEntity: null });
  expect(pick(await wire.query("{ viewer { entity } }"), "viewer", "entity")).toBe(run.entity);
});
