/** Reads a sweep's configuration as Python does: YAML 1.1, in which 1e-3 is a text and 1.0e-3 a number. */
import { isJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { parse } from "yaml";
import type { Tags } from "yaml";

import { CommError } from "../../core/errors.ts";

const FLOAT_TAG = "tag:yaml.org,2002:float";
const PYTHON_EXPONENT = /^[-+]?[0-9][0-9_]*\.[0-9_]*[eE][-+][0-9]+$/;

/**
 * The configuration; integers that a number cannot hold are bigints.
 *
 * @throws {CommError} when the text is not an object in YAML.
 */
export function parseSweepYaml(text: string): JsonObject {
  const config = toJson(read(text));
  if (isJsonObject(config)) return config;
  throw new CommError("Unexpected answer: sweep.config: expected an object in YAML", {
    code: "invalid_response",
  });
}

function read(text: string): unknown {
  try {
    const config: unknown = parse(text, {
      version: "1.1",
      intAsBigInt: true,
      logLevel: "error",
      customTags: withPythonFloats,
    });
    return config;
  } catch (cause) {
    throw new CommError("Unexpected answer: sweep.config: expected YAML", {
      code: "invalid_response",
      cause,
    });
  }
}

function withPythonFloats(tags: Tags): Tags {
  return tags.map((tag) =>
    typeof tag === "object" && tag.collection === undefined && tag.tag === FLOAT_TAG && tag.format === "EXP"
      ? { ...tag, test: PYTHON_EXPONENT }
      : tag,
  );
}

function toJson(value: unknown): JsonValue {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return null;
  const object: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) setOwn(object, key, toJson(member));
  return object;
}
