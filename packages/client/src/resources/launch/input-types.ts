/** The types that a job states for its config, and whether values are of them. */
import { isJsonArray, isJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** Which keys of a config do not fit; one sentence each, none when all is well. Types not known here fit everything. */
export function findMisfits(config: JsonObject, inputTypes: JsonValue | undefined): readonly string[] {
  const types = typeMapOf(inputTypes);
  if (types === undefined) return [];
  return Object.entries(config).flatMap(([key, value]) => misfitsAt(key, value, types[key], types));
}

function misfitsAt(
  key: string,
  value: JsonValue,
  type: JsonValue | undefined,
  types: JsonObject,
): readonly string[] {
  if (type === undefined) {
    const known = Object.keys(types);
    const expected = known.length === 0 ? "it has none" : `expected one of ${known.join(", ")}`;
    return [`"${key}" is no input of the job; ${expected}`];
  }
  return fits(value, type) ? [] : [`"${key}" is ${printJson(value)}; expected ${describe(type)}`];
}

function fits(value: JsonValue, type: JsonValue | undefined): boolean {
  if (!isJsonObject(type)) return true;
  const params = isJsonObject(type["params"]) ? type["params"] : {};
  const name = type["wb_type"];
  switch (typeof name === "string" ? name : "") {
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    case "boolean":
      return typeof value === "boolean";
    case "none":
      return value === null;
    case "any":
    case "unknown":
      return value !== null;
    case "const":
      return printJson(params["val"] ?? null) === printJson(value);
    case "union": {
      const allowed = params["allowed_types"];
      return !isJsonArray(allowed) || allowed.some((each) => fits(value, each));
    }
    case "list":
      return isJsonArray(value) && value.every((each) => fits(each, params["element_type"]));
    case "typedDict":
    case "dictionary": {
      const types = typeMapOf(type) ?? {};
      return isJsonObject(value) && findMisfits(value, type).length === 0 && hasAll(value, types);
    }
    default:
      return true;
  }
}

/** Nested objects replace the job's own whole, so they have to be whole. */
function hasAll(value: JsonObject, types: JsonObject): boolean {
  return Object.entries(types).every(([key, type]) => Object.hasOwn(value, key) || fits(null, type));
}

function typeMapOf(type: JsonValue | undefined): JsonObject | undefined {
  if (!isJsonObject(type) || (type["wb_type"] !== "typedDict" && type["wb_type"] !== "dictionary"))
    return undefined;
  const params = isJsonObject(type["params"]) ? type["params"] : {};
  return isJsonObject(params["type_map"]) ? params["type_map"] : {};
}

function describe(type: JsonValue | undefined): string {
  if (!isJsonObject(type)) return "something else";
  const params = isJsonObject(type["params"]) ? type["params"] : {};
  const allowed = params["allowed_types"];
  if (type["wb_type"] === "union" && isJsonArray(allowed)) return allowed.map(describe).join(" or ");
  if (type["wb_type"] === "const") return printJson(params["val"] ?? null);
  if (type["wb_type"] === "list") return `a list of ${describe(params["element_type"])}`;
  const types = typeMapOf(type);
  if (types !== undefined) return `an object of ${Object.keys(types).join(", ")}`;
  const name = type["wb_type"];
  return typeof name !== "string" || name === "any" || name === "unknown" ? "a value" : `a ${name}`;
}
