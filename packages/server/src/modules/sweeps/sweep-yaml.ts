/** Reads a sweep's configuration from YAML, as `PyYAML` writes it, and keeps apart what JSON cannot: 1 and 1.0. */
import { isJsonArray, isJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { parse } from "yaml";
import { ServerError } from "../../errors.ts";

/** More aliases than this in one text are taken for an attack. */
const MAX_ALIASES = 100;

/**
 * Reads the text of a configuration. Limits without a distribution get the one that their spelling means
 * (`int_uniform` for 0 and 1, `uniform` for 0.0 and 1.0), which W&B's client does for those that are not nested.
 * Throws invalid_argument for what is not YAML, or not an object.
 */
export function parseSweepYaml(text: string): JsonObject {
  const config = toJson(read(text));
  if (!isJsonObject(config))
    throw new ServerError("invalid_argument", "config: expected an object in YAML", { field: "config" });
  const parameters = config["parameters"];
  const spelled = isJsonObject(parameters)
    ? { ...config, parameters: nameDistributions(parameters) }
    : config;
  return plainObject(spelled);
}

function read(text: string): unknown {
  try {
    const document: unknown = parse(text, {
      intAsBigInt: true,
      maxAliasCount: MAX_ALIASES,
      logLevel: "error",
    });
    return document;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "no reason given";
    throw new ServerError("invalid_argument", `config: expected YAML: ${reason}`, {
      field: "config",
      cause: error,
    });
  }
}

/** Integers are bigints and everything else is as YAML says; an empty value is null. */
function toJson(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === "object" && value !== null) {
    const object: Record<string, JsonValue> = {};
    for (const [key, member] of Object.entries(value)) setOwn(object, key, toJson(member));
    return object;
  }
  if (typeof value === "string" || typeof value === "boolean") return value;
  return typeof value === "number" || typeof value === "bigint" ? value : null;
}

function nameDistributions(parameters: JsonObject): JsonObject {
  const named: Record<string, JsonValue> = {};
  for (const [key, spec] of Object.entries(parameters))
    setOwn(named, key, isJsonObject(spec) ? nameDistribution(spec) : spec);
  return named;
}

function nameDistribution(spec: JsonObject): JsonObject {
  const nested = spec["parameters"];
  if (isJsonObject(nested)) return { ...spec, parameters: nameDistributions(nested) };
  const { min, max } = spec;
  if (Object.hasOwn(spec, "distribution") || typeof min === "undefined" || typeof max === "undefined")
    return spec;
  const isWhole = typeof min === "bigint" && typeof max === "bigint";
  const isNumber = [min, max].every((limit) => typeof limit === "bigint" || typeof limit === "number");
  return isNumber ? { ...spec, distribution: isWhole ? "int_uniform" : "uniform" } : spec;
}

function plainObject(object: JsonObject): JsonObject {
  const plain: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(object)) setOwn(plain, key, toPlain(value));
  return plain;
}

/** Integers that a number can hold become numbers again. */
function toPlain(value: JsonValue): JsonValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (isJsonArray(value)) return value.map(toPlain);
  return isJsonObject(value) ? plainObject(value) : value;
}
