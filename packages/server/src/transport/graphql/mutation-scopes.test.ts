// Every mutation that the schema has, also one that is added tomorrow, is closed to keys that may not change anything.
import { isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";
import type { GraphQLInputType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { ApiKeyScope } from "../../modules/users/api-key.ts";
import { scopeOfMutation } from "../../modules/access/mutation-scopes.ts";
import { createSchema } from "./schema.ts";

const mutations = Object.values(createSchema().getMutationType()?.getFields() ?? {});

let bench: TestBench;
let headers: Readonly<Record<Exclude<ApiKeyScope, "admin">, string>>;

beforeAll(async () => {
  bench = await openTestBench();
  const ada = await bench.createCaller("ada");
  headers = {
    read: await bench.authorize(ada, "read"),
    append: await bench.authorize(ada, "append"),
    write: await bench.authorize(ada, "write"),
  };
});
afterAll(() => bench.close());

/** The least value that is valid. */
function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return "[]";
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "null";
  if (!isInputObjectType(type)) return literalOf(String(type));
  const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type));
  return `{ ${needed.map((field) => `${field.name}: ${valueOf(field.type)}`).join(", ")} }`;
}

function literalOf(type: string): string {
  if (type === "Boolean") return "false";
  if (type === "DateTime") return '"2030-01-01T00:00:00Z"';
  return ["Int", "Float", "Int64", "Duration"].includes(type) ? "1" : '"{}"';
}

async function ask(document: string, authorization: string): Promise<string> {
  const answer = await bench.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization },
    payload: JSON.stringify({ query: document }),
  });
  expect(answer.statusCode).toBeLessThan(500);
  return answer.body;
}

describe("keys by their scope", () => {
  it.each(mutations.map((field) => [field.name, field] as const))("%s", async (name, field) => {
    const args = field.args.map((argument) => `${argument.name}: ${valueOf(argument.type)}`).join(", ");
    const call = args === "" ? name : `${name}(${args})`;
    const inner = "{ __typename }";
    const denied = (scope: ApiKeyScope): string =>
      `This API key has the scope \\"${scope}\\"; \\"${scopeOfMutation(name)}\\" is needed`;
    expect(await ask(`mutation { ${call} ${inner} }`, headers.read)).toContain(denied("read"));
    const hidden = `mutation { ... { ...F } } fragment F on Mutation { x: ${call} ${inner} }`;
    expect(await ask(hidden, headers.read)).toContain(denied("read"));
    if (scopeOfMutation(name) === "append") return;
    expect(await ask(`mutation { ${call} ${inner} }`, headers.append)).toContain(denied("append"));
  });

  it("lists no mutation that is not there", () => {
    const names = mutations.map(({ name }) => name);
    expect(names.filter((name) => scopeOfMutation(name) === "append").length).toBeGreaterThan(10);
    expect(scopeOfMutation("somethingNew")).toBe("write");
  });
});
