/**
 * Sweep configs as YAML text. W&B's client prints them as YAML 1.1 but quotes what the two versions read differently, so
 * they are read as 1.2, in which `y` and `n` are names of parameters and not truth values.
 */
import { isJsonArray, isJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { parseDocument } from "yaml";
import { ServerError } from "../../errors.ts";

/** More than any config has, and little enough to read in no time. */
const MAX_CONFIG_LENGTH = 1024 * 1024;
const MAX_DEPTH = 64;

/**
 * Reads a config.
 *
 * @throws {ServerError} `invalid_argument` for text that is no YAML, or holds something else than an object.
 */
export function parseYamlConfig(text: string): JsonObject {
  if (text.length > MAX_CONFIG_LENGTH) {
    throw new ServerError(
      "invalid_argument",
      `config may have at most ${MAX_CONFIG_LENGTH} characters, found ${text.length}`,
      { field: "config" },
    );
  }
  const config = toJson(parseYaml(text), 0);
  if (isJsonObject(config)) return config;
  throw new ServerError("invalid_argument", "config must be a YAML object with method and parameters", {
    field: "config",
  });
}

function parseYaml(text: string): unknown {
  try {
    // The levels that merging and aliases make of the text are bounded by the library.
    const document = parseDocument(text, { merge: true, intAsBigInt: true, logLevel: "silent" });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value: unknown = document.toJS();
    return value;
  } catch (cause) {
    const [reason = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new ServerError("invalid_argument", `config is not YAML: ${reason}`, { field: "config", cause });
  }
}

function toJson(value: unknown, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw odd(`more than ${MAX_DEPTH} levels`);
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1));
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) {
    throw odd("something that is neither text, number, truth value, list nor object");
  }
  const object: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) setOwn(object, key, toJson(member, depth + 1));
  return object;
}

function odd(what: string): ServerError {
  return new ServerError("invalid_argument", `config holds ${what}`, { field: "config" });
}

/** Whether two configs say the same, whatever the order in which they say it. */
export function isSameConfig(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (isJsonArray(a) && isJsonArray(b)) {
    return a.length === b.length && a.every((item, index) => isSameConfig(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameConfig(a[key], b[key]))
  );
}
