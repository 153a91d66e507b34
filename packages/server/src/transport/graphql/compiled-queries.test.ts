// Whatever graphql-jit answers is what graphql-js answers: the documents of our client on a real server, and a schema of
// everything that a query can be.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, execute, GraphQLError, Kind, OperationTypeNode, parse, validate } from "graphql";
import type { ExecutionResult, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ServerError } from "../../errors.ts";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { RequestContext } from "../context.ts";
import { CompiledQueries } from "./compiled-queries.ts";
import { formatError } from "./errors.ts";
import { scalars } from "./scalars.ts";
import { completeResolvers, createSchema } from "./schema.ts";

interface Asked {
  readonly schema: GraphQLSchema;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/** What each of the two says, as it goes over the wire. */
async function askBoth({
  schema,
  text,
  variables,
  context,
}: Asked): Promise<readonly [string, string | undefined]> {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined) throw new Error("no operation");
  const compiled = new CompiledQueries(schema);
  const request = { document, operation, variables, context };
  expect(await compiled.execute(request)).toBeUndefined();
  const fast = await compiled.execute(request);
  const slow = await execute({ schema, document, contextValue: context, variableValues: variables });
  return [print(slow), fast && print(fast)];
}

/** Errors of fields that are looked at side by side come in any order. */
function print(result: ExecutionResult): string {
  const errors = result.errors?.map((error) => JSON.stringify(formatError(error, "request").error)).sort();
  return JSON.stringify({ data: result.data, errors });
}

let bench: TestBench;
let context: RequestContext;

beforeAll(async () => {
  bench = await openTestBench();
  const caller = await bench.createCaller("ada");
  context = { caller, services: bench.services, baseUrl: "http://localhost", requestId: "request" };
  const fields = {
    config: '{"lr":{"value":0.1}}',
    summary: '{"loss":NaN,"n":12345678901234567890}',
    tags: ["t"],
  };
  for (const runName of ["a", "b", "c"]) {
    await bench.services.runs.upsert(caller, { entityName: "ada", projectName: "p", runName }, fields);
  }
});

afterAll(() => bench.close());

describe("the client's documents", () => {
  const folder = join(import.meta.dirname, "../../../../client/src/documents");
  const texts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".graphql"))
    .map((file) => readFileSync(join(folder, file), "utf8"));
  const all = parse(texts.join("\n")).definitions;
  const fragments = all.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const queries = all.filter(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.QUERY,
  );

  it.each(
    queries.map(
      (query) => [query.kind === Kind.OPERATION_DEFINITION ? query.name?.value : "", query] as const,
    ),
  )("%s", async (_, query) => {
    const text = withFragments(query.loc?.source.body.slice(query.loc.start, query.loc.end) ?? "");
    const schema = createSchema();
    for (const name of ["a", "missing"]) {
      const variables = { ...common, name, run: name, id: "UnVuOnYxOmE6cA==" };
      const [slow, fast] = await askBoth({ schema, text, variables, context });
      // Undefined where graphql-js is to answer, which it did.
      expect(fast ?? slow).toBe(slow);
    }
  });

  const common = {
    entity: "ada",
    entityName: "ada",
    project: "p",
    projectName: "p",
    order: "+created_at",
    filters: "{}",
    perPage: 2,
    first: 2,
    limit: 2,
    minStep: 0,
    maxStep: 10,
    pageSize: 10,
    specs: ['{"keys":["loss"],"samples":10}'],
    spec: '{"keys":["loss"],"samples":10}',
    keys: ["loss"],
    samples: 10,
    groupBy: ["config.lr"],
    metrics: [{ field: "summary_metrics.n" }],
    names: ["x"],
    query: "ada",
  };

  function withFragments(text: string): string {
    let whole = text;
    for (let isMore = true; isMore;) {
      isMore = false;
      for (const fragment of fragments) {
        const name = fragment.name.value;
        const isNeeded = new RegExp(`\\.\\.\\.\\s*${name}\\b`).test(whole);
        if (!isNeeded || new RegExp(`fragment ${name} on`).test(whole)) continue;
        whole += `\n${fragment.loc?.source.body.slice(fragment.loc.start, fragment.loc.end) ?? ""}`;
        isMore = true;
      }
    }
    return whole;
  }
});

describe("everything that a query can be", () => {
  const schema = buildSchema(`
    scalar JSON
    scalar DateTime
    scalar Int64
    scalar JSONString
    enum Color { RED GREEN }
    input Box { side: Int! = 3, color: Color, tags: [String!], json: JSON, at: DateTime, big: Int64 }
    interface Named { name: String! }
    type Cat implements Named { name: String!, lives: Int! }
    type Dog implements Named { name: String!, owner: Cat, bark: String! }
    union Pet = Cat | Dog
    type Query {
      echo(box: Box, boxes: [Box!], color: Color = GREEN, text: String, number: Float, id: ID, flag: Boolean): JSON
      json: JSON
      wrong: Int
      color: Color
      noColor: Color
      fails: String
      defect: String
      mustFail: String!
      pets: [Pet]
      named: [Named!]
      list: [[Int!]!]
      holes: [Int!]
      dog: Dog
      later: [Cat!]!
    }
  `);
  const cat = { __typename: "Cat", name: "Tom", lives: () => Promise.resolve(9) };
  const dog = { __typename: "Dog", name: "Rex", owner: cat };
  const resolvers: Readonly<Record<string, (args: object) => unknown>> = {
    // Arguments come in any order.
    echo: (args) => Object.fromEntries(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1))),
    json: () => ({
      big: 2n ** 70n,
      nan: NaN,
      infinite: -Infinity,
      list: [1, "a", null, true],
      nested: { a: {} },
    }),
    wrong: () => "no number",
    color: () => "RED",
    noColor: () => "BLUE",
    fails: () => Promise.reject(new ServerError("not_found", "nothing there", { field: "x" })),
    defect: () => {
      throw new TypeError("a defect");
    },
    mustFail: () => {
      throw new GraphQLError("told as it is");
    },
    pets: () => [cat, dog, null, Promise.resolve(cat)],
    named: () => [dog, cat],
    list: () => [[1, 2], [3]],
    holes: () => [1, null, 3],
    dog: () => dog,
    later: () => Promise.resolve([Promise.resolve(cat), cat]),
  };
  for (const [name, field] of Object.entries(schema.getQueryType()?.getFields() ?? {})) {
    field.resolve = (_source: unknown, args: object) => resolvers[name]?.(args);
  }
  completeResolvers(schema);
  for (const name of ["JSON", "DateTime", "Int64", "JSONString"])
    Object.assign(schema.getType(name) ?? {}, pick(name));

  function pick(name: string): object {
    const scalar = scalars[name];
    if (scalar === undefined) throw new Error(name);
    const { serialize, parseValue, parseLiteral } = scalar;
    return { serialize, parseValue, parseLiteral };
  }

  const asked: readonly (readonly [text: string, variables?: Readonly<Record<string, unknown>>])[] = [
    ["{ json color }"],
    ["{ wrong color }"],
    ["{ noColor json }"],
    ["{ fails json defect }"],
    ["{ color mustFail }"],
    ["{ holes list }"],
    ["{ dog { name bark } color }"],
    ["{ dog { name owner { ...C } } later { ...C } } fragment C on Cat { lives n: name }"],
    [
      "{ pets { __typename ... on Cat { lives } ...D } named { name __typename } } fragment D on Dog { name owner { name } }",
    ],
    ['{ a: echo(text: "x", number: 1) b: echo(id: 5, flag: true, color: RED) c: echo }'],
    [
      '{ echo(box: { color: RED, tags: "one", json: { a: [1, "b", null] }, at: "2026-01-01", big: 12 }, text: null) }',
    ],
    [
      "query ($box: Box, $boxes: [Box!]) { echo(box: $box, boxes: $boxes) }",
      { box: { side: 4, json: { a: 2 } }, boxes: { side: 1 } },
    ],
    ["query ($box: Box) { echo(box: $box) }", {}],
    ["query ($box: Box) { echo(box: $box) }", { box: null }],
    ['query ($text: String = "d", $n: Float) { echo(text: $text, number: $n) }', {}],
    ['query ($text: String = "d", $n: Float) { echo(text: $text, number: $n) }', { text: null, n: 1 }],
    ["query ($color: Color!) { echo(color: $color) }", { color: "GREEN" }],
    [
      "query ($big: Int64, $at: DateTime) { echo(box: { big: $big, at: $at }) }",
      { big: "12345678901", at: "2026-01-01T00:00:00Z" },
    ],
    ["query ($json: JSON) { echo(box: { json: $json }) }", { json: { a: [1, { b: 2 }] } }],
    [
      "query ($if: Boolean!) { color @include(if: $if) json @skip(if: $if) ...F @include(if: $if) } fragment F on Query { wrong list }",
      { if: true },
    ],
    [
      "query ($if: Boolean!) { color @include(if: $if) json @skip(if: $if) ...F @include(if: $if) } fragment F on Query { wrong list }",
      { if: false },
    ],
    [
      "query ($if: Boolean!) { ...F @skip(if: $if) ... @include(if: $if) { list } list } fragment F on Query { list dog { name } }",
      { if: true },
    ],
    ["query ($if: Boolean = true) { dog { name @skip(if: $if) owner @include(if: $if) { name } } }", {}],
    [
      "query ($a: Boolean!, $b: Boolean!) { color @include(if: $a) ... @include(if: $b) { color } }",
      { a: false, b: true },
    ],
    [
      "query ($a: Boolean!, $b: Boolean!) { dog @include(if: $a) { name } dog @include(if: $b) { owner { name } } }",
      { a: true, b: false },
    ],
  ];

  it.each(asked.map(([text, variables = {}]) => [text, variables] as const))(
    "%s %j",
    async (text, variables) => {
      const [slow, fast] = await askBoth({ schema, text, variables, context });
      expect(fast).toBe(slow);
    },
  );

  it.each([
    ["query ($color: Color!) { echo(color: $color) }", { color: "BLUE" }],
    ["query ($color: Color!) { echo(color: $color) }", {}],
    ["query ($box: Box!) { echo(box: $box) }", { box: { side: "x" } }],
    ["query ($box: Box!) { echo(box: $box) }", { box: { unknown: 1 } }],
    ["query ($big: Int64) { echo(box: { big: $big }) }", { big: "x" }],
  ])("leaves variables that do not fit to graphql-js: %s %j", async (text, variables) => {
    const [slow, fast] = await askBoth({ schema, text, variables, context });
    expect(fast).toBeUndefined();
    expect(slow).toContain('"errors"');
  });

  it("leaves mutations to graphql-js", async () => {
    const document = parse("mutation { a }");
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error("no operation");
    const compiled = new CompiledQueries(schema);
    for (let time = 0; time < 3; time += 1) {
      expect(await compiled.execute({ document, operation, variables: {}, context })).toBeUndefined();
    }
  });
});
