/**
 * The part of JSON schema that template variables use: a type, and bounds for it. A keyword beyond it is refused when
 * the variable is declared, because a rule that is silently not applied is worse than none.
 */
import { isJsonArray, isJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";

/** The types that a variable may have. */
const TYPES = ["string", "integer", "number", "boolean"] as const;
type ValueType = (typeof TYPES)[number];

type Rule = (value: JsonValue) => string | undefined;

/** How each keyword becomes a rule; those without one only describe. */
const KEYWORDS: Readonly<Record<string, (bound: JsonValue) => Rule | undefined>> = {
  type: toTypeRule,
  enum: toEnumRule,
  const: (only) => (value) => (isSame(value, only) ? undefined : `must be ${printJson(only)}`),
  minimum: numberRule((value, bound) => value >= bound, "at least"),
  maximum: numberRule((value, bound) => value <= bound, "at most"),
  exclusiveMinimum: numberRule((value, bound) => value > bound, "greater than"),
  exclusiveMaximum: numberRule((value, bound) => value < bound, "less than"),
  multipleOf: numberRule((value, bound) => Number.isInteger(Number(value) / Number(bound)), "a multiple of"),
  minLength: lengthRule((length, bound) => length >= bound, "at least"),
  maxLength: lengthRule((length, bound) => length <= bound, "at most"),
  default: () => undefined,
  title: () => undefined,
  description: () => undefined,
  examples: () => undefined,
};

/** The rules of one variable. */
export interface ValueRules {
  /** The value when none is chosen; undefined when one must be. */
  readonly fallback: JsonValue | undefined;
  /** What is wrong with a value, such as `must be at most 4`; undefined when it keeps all rules. */
  check(value: JsonValue): string | undefined;
}

/**
 * Reads a schema.
 *
 * @throws {ServerError} `invalid_argument` for a keyword or a bound that is not understood, or a default that breaks
 *   the schema itself.
 */
export function parseValueRules(schema: JsonObject, where: string): ValueRules {
  const rules = Object.entries(schema).flatMap(([keyword, bound]) => {
    const toRule = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (toRule === undefined) throw bad(`${where} has the keyword "${keyword}", which is not supported`);
    try {
      return toRule(bound) ?? [];
    } catch (error) {
      if (!(error instanceof BadBound)) throw error;
      throw bad(`${where} has the ${keyword} ${printJson(bound)}; expected ${error.message}`);
    }
  });
  const check = (value: JsonValue): string | undefined => {
    if (isJsonObject(value) || isJsonArray(value) || value === null)
      return "must be a text, number or boolean";
    for (const rule of rules) {
      const problem = rule(value);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  const fallback = schema["default"];
  const problem = fallback === undefined ? undefined : check(fallback);
  if (problem !== undefined) throw bad(`The default of ${where} ${problem}`);
  return { fallback, check };
}

class BadBound extends Error {}

function toTypeRule(name: JsonValue): Rule {
  const type = TYPES.find((each) => each === name);
  if (type === undefined) throw new BadBound(`one of ${TYPES.join(", ")}`);
  const article = type === "integer" ? "an" : "a";
  return (value) => (hasType(value, type) ? undefined : `must be ${article} ${type}`);
}

function hasType(value: JsonValue, type: ValueType): boolean {
  switch (type) {
    case "integer":
      return typeof value === "bigint" || Number.isInteger(value);
    case "number":
      return typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
    case "string":
    case "boolean":
      return typeof value === type;
  }
}

function toEnumRule(choices: JsonValue): Rule {
  if (!isJsonArray(choices) || choices.length === 0) throw new BadBound("a list of values");
  return (value) =>
    choices.some((choice) => isSame(choice, value))
      ? undefined
      : `must be one of ${choices.map((choice) => printJson(choice)).join(", ")}`;
}

function numberRule(
  keeps: (value: number | bigint, bound: number | bigint) => boolean,
  relation: string,
): (bound: JsonValue) => Rule {
  return (bound) => {
    if (typeof bound !== "number" && typeof bound !== "bigint") throw new BadBound("a number");
    return (value) => {
      if (typeof value !== "number" && typeof value !== "bigint") return undefined;
      return keeps(value, bound) ? undefined : `must be ${relation} ${bound}`;
    };
  };
}

function lengthRule(
  keeps: (length: number, bound: number) => boolean,
  relation: string,
): (bound: JsonValue) => Rule {
  return (bound) => {
    if (typeof bound !== "number" || !Number.isInteger(bound) || bound < 0)
      throw new BadBound("a whole number of characters");
    return (value) => {
      if (typeof value !== "string") return undefined;
      return keeps(Array.from(value).length, bound) ? undefined : `must have ${relation} ${bound} characters`;
    };
  };
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  return printJson(a) === printJson(b);
}

function bad(message: string): ServerError {
  return new ServerError("invalid_argument", message, { field: "templateVariables" });
}
