import { describe, expect, it } from "vitest";
import { chooseValues, fillTemplate, findOddities, parseTemplateVariables } from "./template-variables.ts";

const CPU = '{"cpu":{"schema":{"type":"integer","minimum":1,"maximum":4}}}';

function code(action: () => unknown): string {
  try {
    action();
    return "accepted";
  } catch (error) {
    return error instanceof Error && "code" in error ? `${String(error.code)}: ${error.message}` : "a defect";
  }
}

describe("declaring template variables", () => {
  it("keeps schemas as compact text with their keys in order", () => {
    expect(
      parseTemplateVariables('{"b": {"schema": {"type": "string", "enum": ["x"]}, "description": "d"}}'),
    ).toEqual([{ name: "b", description: "d", schema: '{"type":"string","enum":["x"]}' }]);
    expect(parseTemplateVariables(null)).toEqual([]);
  });

  it.each([
    ["[]", /expected a JSON object/i],
    ['{"a":1}', /"a" has no schema/],
    ['{"a":{"schema":{"type":"object"}}}', /the type "object"; expected one of string/],
    ['{"a":{"schema":{"pattern":"x"}}}', /the keyword "pattern", which is not supported/],
    ['{"a":{"schema":{"minimum":"1"}}}', /the minimum "1"; expected a number/],
    ['{"a":{"schema":{"enum":[]}}}', /the enum \[\]; expected a list of values/],
    ['{"a":{"schema":{"minLength":1.5}}}', /expected a whole number of characters/],
    ['{"a":{"schema":{"type":"integer","default":"x"}}}', /The default of .*"a".* must be an integer/],
  ])("refuses %s", (text, message) => {
    const answer = code(() => parseTemplateVariables(text));
    expect(answer).toMatch(/^invalid_argument/);
    expect(answer).toMatch(message);
  });

  it("says which variables are used but not declared, and the reverse", () => {
    const config = { resource_args: { k: ["{{cpu}} of {{ size }}"] } };
    expect(findOddities(config, parseTemplateVariables(CPU))).toEqual([
      '"{{size}}" is used, but there is no template variable "size"',
    ]);
    expect(findOddities({}, parseTemplateVariables(CPU))).toHaveLength(1);
  });
});

describe("choosing values", () => {
  const choose = (schema: string, chosen: Parameters<typeof chooseValues>[1]) =>
    code(() => chooseValues(parseTemplateVariables(`{"v":{"schema":${schema}}}`), chosen));

  it.each([
    ['{"type":"integer","minimum":1,"maximum":4}', 5, /it must be at most 4/],
    ['{"type":"integer","minimum":1,"maximum":4}', 0, /it must be at least 1/],
    ['{"type":"integer"}', 1.5, /it must be an integer/],
    ['{"type":"integer"}', "1", /it must be an integer/],
    ['{"type":"number","exclusiveMinimum":0}', 0, /it must be greater than 0/],
    ['{"type":"number","exclusiveMaximum":1}', 1, /it must be less than 1/],
    ['{"type":"number","multipleOf":0.5}', 0.75, /it must be a multiple of 0.5/],
    ['{"type":"number"}', Number.NaN, /it must be a number/],
    ['{"type":"string","enum":["a","b"]}', "c", /it must be one of "a", "b"/],
    ['{"type":"string","minLength":2}', "é", /at least 2 characters/],
    ['{"type":"string","maxLength":1}', "ab", /at most 1 characters/],
    ['{"const":"a"}', "b", /it must be "a"/],
    ['{"type":"boolean"}', 1, /it must be a boolean/],
    ["{}", { a: 1 }, /must be a text, number or boolean/],
    ["{}", [1], /must be a text, number or boolean/],
  ])("by %s refuses %j", (schema, value, message) => {
    const answer = choose(schema, { v: value });
    expect(answer).toMatch(/^invalid_argument: The template variable "v"/);
    expect(answer).toMatch(message);
  });

  it.each([
    ['{"type":"integer","minimum":1}', 3],
    ['{"type":"integer"}', 9007199254740993n],
    ['{"type":"number","multipleOf":0.5}', 1.5],
    ['{"type":"string","enum":["a","b"]}', "b"],
    ['{"type":"string","maxLength":1}', "🚀"],
    ['{"type":"boolean"}', false],
  ])("by %s accepts %s", (schema, value) => {
    expect(choose(schema, { v: value })).toBe("accepted");
  });

  it("uses defaults, and asks for what has none", () => {
    const variables = parseTemplateVariables('{"v":{"schema":{"type":"string","default":"d"}}}');
    expect(chooseValues(variables, {})).toEqual({ v: "d" });
    expect(chooseValues(variables, { v: "e" })).toEqual({ v: "e" });
    expect(choose('{"type":"string"}', {})).toMatch(/"v" needs a value/);
    expect(choose('{"type":"string"}', { v: "x", w: "y" })).toMatch(/has no template variable "w"/);
  });
});

describe("filling a template", () => {
  it("puts a value in place of a text that is nothing else, and its text within others", () => {
    const config = { cpu: "{{n}}", line: "{{n}} of {{ s }}", list: ["{{b}}", 1, null], key: { n: "{{x}}" } };
    expect(fillTemplate(config, { n: 2, s: "text", b: true })).toEqual({
      cpu: 2,
      line: "2 of text",
      list: [true, 1, null],
      key: { n: "{{x}}" },
    });
  });

  it("does not read values that were put in as templates", () => {
    expect(fillTemplate("{{a}} {{b}}", { a: "{{b}}", b: "$&" })).toBe("{{b}} $&");
  });
});
