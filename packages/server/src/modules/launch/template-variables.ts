/** Template variables of a queue: what may be chosen for them, and how `{{name}}` gives way to the choice. */
import {
  isJsonArray,
  isJsonObject,
  parseJson,
  parseJsonObject,
  printJson,
  setOwn,
} from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { TemplateVariable } from "./run-queue.ts";
import { parseValueRules } from "./template-schema.ts";

const MAX_VARIABLES = 200;

/** Where a variable stands in a text; spaces within the braces do not matter. */
const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g;

/**
 * Reads variables as clients declare them: `{"cpu": {"schema": {"type": "integer"}, "description": "…"}}`.
 *
 * @throws {ServerError | ProtocolError} `invalid_argument` for another form or a schema that is not understood.
 */
export function parseTemplateVariables(text: string | null): readonly TemplateVariable[] {
  const entries = Object.entries(parseJsonObject(text ?? "{}"));
  if (entries.length > MAX_VARIABLES) throw bad(`A queue has at most ${MAX_VARIABLES} template variables`);
  return entries.map(([name, declared]) => {
    const schema = isJsonObject(declared) ? declared["schema"] : undefined;
    if (!isJsonObject(declared) || !isJsonObject(schema)) {
      throw bad(`The template variable "${name}" has no schema; expected {"schema": {"type": …}}`);
    }
    parseValueRules(schema, `the template variable "${name}"`);
    const { description } = declared;
    return {
      name,
      description: typeof description === "string" ? description : null,
      schema: printJson(schema),
    };
  });
}

/** What is odd about a config and the variables declared for it, in sentences. */
export function findOddities(config: JsonObject, variables: readonly TemplateVariable[]): readonly string[] {
  const used = new Set<string>();
  const note = (text: string): void => {
    for (const [, name] of text.matchAll(PLACE)) if (name !== undefined) used.add(name);
  };
  visitTexts(config, note);
  const declared = new Set(variables.map(({ name }) => name));
  return [
    ...[...used]
      .filter((name) => !declared.has(name))
      .map((name) => `"{{${name}}}" is used, but there is no template variable "${name}"`),
    ...[...declared]
      .filter((name) => !used.has(name))
      .map((name) => `The template variable "${name}" is declared, but nothing uses it`),
  ];
}

/**
 * The values to use: those chosen, and the defaults of the others.
 *
 * @throws {ServerError} `invalid_argument` for a value that breaks its schema, an unknown name, or one that is left out
 *   and has no default; the message names the variable.
 */
export function chooseValues(
  variables: readonly TemplateVariable[],
  chosen: JsonObject,
): Readonly<Record<string, JsonValue>> {
  const values: Record<string, JsonValue> = {};
  const known = new Set(variables.map(({ name }) => name));
  for (const name of Object.keys(chosen)) {
    if (!known.has(name)) throw badValue(`The queue has no template variable "${name}"`);
  }
  for (const { name, schema } of variables) {
    const rules = parseValueRules(parseJsonObject(schema), `the template variable "${name}"`);
    const given = Object.hasOwn(chosen, name) ? chosen[name] : undefined;
    const value = given ?? rules.fallback;
    if (value === undefined) throw badValue(`The template variable "${name}" needs a value`);
    const problem = rules.check(value);
    if (problem !== undefined) {
      throw badValue(`The template variable "${name}" is ${printJson(value)}; it ${problem}`);
    }
    setOwn(values, name, value);
  }
  return values;
}

/** A copy of a value with every `{{name}}` replaced; a text that is nothing else becomes the value itself. */
export function fillTemplate(value: JsonValue, values: Readonly<Record<string, JsonValue>>): JsonValue {
  if (typeof value === "string") return fillText(value, values);
  if (isJsonArray(value)) return value.map((each) => fillTemplate(each, values));
  if (!isJsonObject(value)) return value;
  const filled: Record<string, JsonValue> = {};
  for (const [key, each] of Object.entries(value)) setOwn(filled, key, fillTemplate(each, values));
  return filled;
}

/** Reads chosen values. @throws {ServerError | ProtocolError} `invalid_argument` when it is no object. */
export function parseChosenValues(text: string | null): JsonObject {
  const value = parseJson(text ?? "{}");
  if (value === null) return {};
  if (isJsonObject(value)) return value;
  throw badValue("templateVariableValues must be an object of values by name");
}

function fillText(text: string, values: Readonly<Record<string, JsonValue>>): JsonValue {
  const valueOf = (name: string | undefined): JsonValue | undefined =>
    name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
  const [only, ...rest] = text.matchAll(PLACE);
  if (only !== undefined && rest.length === 0 && only[0] === text) return valueOf(only[1]) ?? text;
  return text.replace(PLACE, (place: string, name: string) => {
    const value = valueOf(name);
    if (value === undefined) return place;
    return typeof value === "string" ? value : printJson(value);
  });
}

function visitTexts(value: JsonValue, visit: (text: string) => void): void {
  if (typeof value === "string") visit(value);
  else if (isJsonArray(value)) for (const each of value) visitTexts(each, visit);
  else if (isJsonObject(value)) for (const each of Object.values(value)) visitTexts(each, visit);
}

function bad(message: string): ServerError {
  return new ServerError("invalid_argument", message, { field: "templateVariables" });
}

function badValue(message: string): ServerError {
  return new ServerError("invalid_argument", message, { field: "templateVariableValues" });
}
