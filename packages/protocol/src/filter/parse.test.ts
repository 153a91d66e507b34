import { describe, expect, it } from "vitest";
import { FilterError } from "./filter-error.ts";
import { MAX_FILTER_DEPTH, MAX_FILTER_NODES, MAX_FILTER_TEXT_LENGTH, MAX_REGEX_LENGTH } from "./limits.ts";
import { parseFilter } from "./parse.ts";
import { printFilter } from "./print.ts";

const everything = { kind: "and", filters: [] };
const isA = { kind: "field", field: "name", test: { operator: "$eq", value: "a" } };

describe("parseFilter", () => {
  it.each([undefined, null, "", "  ", "null", "{}", {}])(
    "takes %j as a filter that matches everything",
    (input) => {
      expect(parseFilter(input)).toStrictEqual(everything);
    },
  );

  it("takes text and values alike", () => {
    expect(parseFilter('{"name":"a"}')).toStrictEqual(isA);
    expect(parseFilter({ name: "a" })).toStrictEqual(isA);
    expect(parseFilter({ name: { $eq: "a" } })).toStrictEqual(isA);
  });

  it("joins several keys and several operators by AND", () => {
    expect(parseFilter({ name: "a", "config.x": { $gt: 1, $lt: 2 } })).toStrictEqual({
      kind: "and",
      filters: [
        isA,
        {
          kind: "and",
          filters: [
            { kind: "field", field: "config.x", test: { operator: "$gt", value: 1 } },
            { kind: "field", field: "config.x", test: { operator: "$lt", value: 2 } },
          ],
        },
      ],
    });
  });

  it("reads logical operators, and $not on both levels", () => {
    expect(parseFilter({ $nor: [{ name: "a" }] })).toStrictEqual({ kind: "nor", filters: [isA] });
    expect(parseFilter({ $or: [{ name: "a" }, {}] })).toStrictEqual({
      kind: "or",
      filters: [isA, everything],
    });
    expect(parseFilter({ $not: { name: "a" } })).toStrictEqual({ kind: "not", filter: isA });
    expect(parseFilter({ name: { $not: { $eq: "a" } } })).toStrictEqual({ kind: "not", filter: isA });
  });

  it("ignores the null entries that report tools leave for switched-off conditions", () => {
    expect(parseFilter({ $and: [null, { name: "a" }] })).toStrictEqual({ kind: "and", filters: [isA] });
    expect(parseFilter({ $or: [null] })).toStrictEqual(everything);
    expect(parseFilter({ $or: [] })).toStrictEqual({ kind: "or", filters: [] });
  });

  it("compares with an object that holds no operators", () => {
    expect(parseFilter({ "config.x": { a: 1 } })).toMatchObject({
      test: { operator: "$eq", value: { a: 1 } },
    });
    expect(parseFilter({ "config.x": {} })).toMatchObject({ test: { operator: "$eq", value: {} } });
  });

  it("keeps non-finite numbers and big integers exact", () => {
    expect(parseFilter('{"config.x":{"$in":[NaN,1152921504606846977]}}')).toMatchObject({
      test: { values: [NaN, 1152921504606846977n] },
    });
  });

  it.each([
    ["{", "", "not JSON"],
    ["[]", "", "object of conditions"],
    ["1", "", "object of conditions"],
    ['{"$xor":[]}', "$xor", "Unknown operator $xor"],
    ['{"$and":{}}', "$and", "list of filters"],
    ['{"$or":[{"name":1},2]}', "$or[1]", "object of conditions"],
    [
      '{"$and":[{"$or":[{"config.lr":{"$foo":1}}]}]}',
      "$and[0].$or[0].config.lr.$foo",
      "Unknown operator $foo",
    ],
    ['{"a":{"$gt":null}}', "a.$gt", "a number, a text or a boolean"],
    ['{"a":{"$lte":[1]}}', "a.$lte", "a number, a text or a boolean"],
    ['{"a":{"$in":"x"}}', "a.$in", "a list"],
    ['{"a":{"$in":[{"$regex":"x"}]}}', "a.$in", "Operators cannot stand in the list"],
    ['{"a":{"$exists":1}}', "a.$exists", "true or false"],
    ['{"a":{"$regex":1}}', "a.$regex", "a pattern"],
    ['{"a":{"$regex":"x","$options":"g"}}', "a.$regex", "letters i, m and s"],
    ['{"a":{"$options":"i"}}', "a.$options", "needs a $regex"],
    ['{"a":{"$contains":1}}', "a.$contains", "a text"],
    ['{"a":{"$size":-1}}', "a.$size", "a natural number"],
    ['{"a":{"$not":1}}', "a.$not", "an object of operators"],
    ['{"a":{"$not":{"b":1}}}', "a.$not", "an object of operators"],
    ['{"a":{"$gt":1,"b":2}}', "a", "cannot be mixed"],
    ['{"a":{"$and":[]}}', "a.$and", "Unknown operator $and"],
  ])("refuses %s naming the place", (text, field, message) => {
    const error = caught(() => parseFilter(text));
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ code: "invalid_argument" });
    expect(error.field ?? "").toBe(field);
  });

  it.each([new Date(0), new Map(), () => 1, Symbol("x")])("refuses %s, which is no JSON value", (value) => {
    expect(caught(() => parseFilter({ name: { $in: [value] } })).field).toBe("name.$in[0]");
  });

  it("refuses what is too large, too deep or too long", () => {
    const nested = (depth: number): string => '{"$not":'.repeat(depth) + "{}" + "}".repeat(depth);
    expect(parseFilter(nested(MAX_FILTER_DEPTH - 1)).kind).toBe("not");
    expect(caught(() => parseFilter(nested(MAX_FILTER_DEPTH))).message).toContain("levels deep");
    const many = { $or: Array.from({ length: MAX_FILTER_NODES }, () => ({ name: "a" })) };
    expect(caught(() => parseFilter(many)).message).toContain("conditions");
    expect(caught(() => parseFilter(" ".repeat(MAX_FILTER_TEXT_LENGTH + 1))).message).toContain("characters");
    expect(
      caught(() => parseFilter({ $and: Array.from({ length: 200_000 }, () => null) })).message,
    ).toContain("values");
    const pattern = "a".repeat(MAX_REGEX_LENGTH + 1);
    expect(caught(() => parseFilter({ name: { $regex: pattern } })).message).toContain("at most 1000");
    expect(parseFilter({ name: { $in: Array.from({ length: 50_000 }, (_, id) => `run${id}`) } }).kind).toBe(
      "field",
    );
  });

  it("refuses nesting that would exhaust the stack", () => {
    expect(() => parseFilter('{"$not":'.repeat(100_000))).toThrow(FilterError);
  });
});

describe("printFilter", () => {
  it("prints the plain form", () => {
    const filter = parseFilter({ tags: "x", a: { $not: { $regex: "b", $options: "si" } } });
    expect(printFilter(filter)).toBe(
      '{"$and":[{"tags":{"$eq":"x"}},{"$not":{"a":{"$regex":"b","$options":"is"}}}]}',
    );
  });
});

function caught(action: () => unknown): FilterError {
  try {
    action();
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
