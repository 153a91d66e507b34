import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_INTEGER_DIGITS, MAX_JSON_DEPTH, parseExactly } from "./exact-parser.ts";
import { parseJson, parseJsonObject } from "./parse.ts";
import { printJson, toWireJson } from "./print.ts";
import { JsonSyntaxError } from "./syntax-error.ts";
import type { JsonValue } from "./value.ts";

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.integer(),
  fc.constantFrom(-0, 1e20, 1e21, 2 ** 53, 5e-324),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }),
  fc.bigInt({ min: -(2n ** 90n), max: -(2n ** 53n) }),
  fc.string({ unit: "binary" }),
  fc.constantFrom("NaN", 'a\\"b', "1234567890123456789", "\ud800"),
);
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__"), fc.constant("constructor")), tie("value"), {
      maxKeys: 5,
    }),
  ),
})).value;

describe("parseJson", () => {
  it("reads what printJson wrote as an equal value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(isDeepStrictEqual(parseJson(printJson(value)), plain(value))).toBe(true);
      }),
    );
  });

  it("agrees with the built-in parser on standard JSON, with and without spaces", () => {
    const standard = fc
      .tuple(fc.jsonValue(), fc.constantFrom("", " ", "\n\t"))
      .map(([v, s]) => JSON.stringify(v, null, s))
      .filter((text) => !/\d{16}/.test(text));
    fc.assert(
      fc.property(standard, (text) => {
        expect(parseJson(text)).toStrictEqual(JSON.parse(text));
        expect(parseExactly(text)).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it("refuses exactly the texts that the built-in parser refuses", () => {
    const broken = fc
      .tuple(json, fc.nat(), fc.constantFrom("", ",", '"', "}", "\\", "e", "\u0001"))
      .map(([v, at, s]) => {
        const text = JSON.stringify(toWireJson(v));
        const cut = at % text.length;
        return text.slice(0, cut) + s + text.slice(cut + 1);
      });
    fc.assert(
      fc.property(broken, (text) => {
        const refused = (parse: () => unknown): boolean => {
          try {
            parse();
            return false;
          } catch {
            return true;
          }
        };
        expect(refused(() => parseExactly(text))).toBe(refused(() => JSON.parse(text)));
      }),
    );
  });

  it.each([
    ["[NaN,Infinity,-Infinity]", [NaN, Infinity, -Infinity]],
    ['{"NaN":"Infinity"}', { NaN: "Infinity" }],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["-9007199254740993", -9007199254740993n],
    ["[1152921504606846976]", [1152921504606846976n]],
    ["12345678901234567890.0", 12345678901234567000],
    ["1e400", Infinity],
    ["-0", -0],
    ['{"a":1,"a":2}', { a: 2 }],
    ['["\\u0041\\n12345678901234567890"]', ["A\n12345678901234567890"]],
    ["1.7952133977708776e+09", 1795213397.7708776],
  ])("reads %s", (text, value) => {
    expect(parseJson(text)).toStrictEqual(value);
  });

  it("keeps __proto__ as an own key in both parsers", () => {
    for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":NaN}}']) {
      const object = parseJsonObject(text);
      expect(Object.keys(object)).toStrictEqual(["__proto__"]);
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    }
  });

  it.each([
    ["", 0],
    ["{", 1],
    ['{"a" 1}', 5],
    ["[1,]", 3],
    ["[01]", 2],
    ["nan", 0],
    ["-NaN", 0],
    ["[1] 2", 4],
    ['["a\nb"]', 3],
    ['"abc', 4],
    ["[NaN,.5]", 5],
    ["+1", 0],
  ])("tells where %j stops being JSON", (text, position) => {
    expect(() => parseJson(text)).toThrow(
      expect.objectContaining({ name: "JsonSyntaxError", position }) as Error,
    );
  });

  it("refuses nesting beyond the limit without exhausting the stack", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(parseJson(nested(MAX_JSON_DEPTH))).toBeInstanceOf(Array);
    expect(() => parseJson(nested(MAX_JSON_DEPTH + 1))).toThrow(JsonSyntaxError);
    expect(() => parseJson('{"a":'.repeat(1_000_000))).toThrow(JsonSyntaxError);
    expect(parseJson(JSON.stringify(Array.from({ length: 2_000 }, () => "[{")))).toHaveLength(2_000);
  });

  it("refuses integers of absurd length", () => {
    expect(parseJson("9".repeat(MAX_INTEGER_DIGITS))).toBe(BigInt("9".repeat(MAX_INTEGER_DIGITS)));
    expect(() => parseJson("9".repeat(MAX_INTEGER_DIGITS + 1))).toThrow(JsonSyntaxError);
  });
});

describe("parseJsonObject", () => {
  it.each(["[]", "null", '"{}"', "1"])("refuses %s", (text) => {
    expect(() => parseJsonObject(text)).toThrow("Expected a JSON object");
  });
});

describe("printJson", () => {
  it("prints the tokens that the clients print", () => {
    expect(printJson({ a: [NaN, -Infinity, -0, 2n ** 60n], "b\n": null })).toBe(
      '{"a":[NaN,-Infinity,-0,1152921504606846976],"b\\n":null}',
    );
  });
});

describe("toWireJson", () => {
  it("makes texts of non-finite numbers and prints every digit of big integers", () => {
    const wire = toWireJson({ a: [NaN, Infinity, { b: -Infinity }], n: 2n ** 60n, ok: [1, "x", null] });
    expect(JSON.stringify(wire)).toBe(
      '{"a":["NaN","Infinity",{"b":"-Infinity"}],"n":1152921504606846976,"ok":[1,"x",null]}',
    );
  });

  it("prints negative zero and whole doubles beyond 2^53 so that they read back as they are", () => {
    expect(JSON.stringify(toWireJson([-0, 2 ** 60, 0, 2 ** 50]))).toBe(
      "[-0.0,1.152921504606847e+18,0,1125899906842624]",
    );
    expect(parseJson(JSON.stringify(toWireJson([-0, 2 ** 60])))).toStrictEqual([-0, 2 ** 60]);
  });

  it("makes texts of big integers where the runtime cannot print them raw", () => {
    const descriptor = Object.getOwnPropertyDescriptor(JSON, "rawJSON");
    if (descriptor === undefined) throw new Error("this runtime has no JSON.rawJSON to take away");
    Reflect.deleteProperty(JSON, "rawJSON");
    try {
      expect(toWireJson([2n ** 60n])).toStrictEqual(["1152921504606846976"]);
    } finally {
      Object.defineProperty(JSON, "rawJSON", descriptor);
    }
  });

  it("returns what needs no change as it is", () => {
    const value = { a: [1, { b: "x" }], c: null };
    expect(toWireJson(value)).toBe(value);
  });

  it("always gives text that standard parsers read", () => {
    fc.assert(fc.property(json, (value) => JSON.parse(JSON.stringify(toWireJson(value))) !== undefined));
  });
});

/** fast-check may build dictionaries without a prototype; the parser does not. */
function plain(value: JsonValue): JsonValue {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}
