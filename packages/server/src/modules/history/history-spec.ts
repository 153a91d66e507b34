/** What clients ask of sampled history: one JSON text a chart. */
import { isJsonArray, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { HistorySpec } from "./history-reader.ts";

const DEFAULT_SAMPLES = 500;

/**
 * Reads a spec: `keys` (none: whole rows), `samples` (500), `minStep`, `maxStep` (inclusive), and our own `mode`, which
 * is `all` or `union`.
 *
 * @throws {ServerError} `invalid_argument` naming the field.
 */
export function parseHistorySpec(text: string): HistorySpec {
  const spec = parseObject(text);
  const samples = parseInteger(spec, "samples", 0);
  const minStep = parseInteger(spec, "minStep", -Infinity);
  const maxStep = parseInteger(spec, "maxStep", -Infinity);
  return {
    keys: parseKeys(spec),
    samples: samples ?? DEFAULT_SAMPLES,
    minStep,
    maxStep: maxStep !== null && isEndExcluded(samples, minStep, maxStep) ? maxStep - 1 : maxStep,
    mode: parseMode(spec),
  };
}

/**
 * Older clients, 0.22.1 among them, page through keys by windows whose end they mean exclusively, and ask for as many
 * samples as a window has steps. Newer ones mean it inclusively, so that their windows have one step more than
 * `maxStep - minStep`. Taken inclusively, the older ones would get the row at the end of each page twice.
 */
function isEndExcluded(samples: number | null, minStep: number | null, maxStep: number): boolean {
  return minStep !== null && samples !== null && samples > 0 && maxStep - minStep === samples;
}

function parseObject(text: string): JsonObject {
  try {
    return parseJsonObject(text);
  } catch (cause) {
    throw invalid("specs", "expected a JSON object", cause);
  }
}

function parseKeys(spec: JsonObject): readonly string[] {
  const keys = spec["keys"] ?? [];
  if (!isJsonArray(keys)) throw invalid("keys", "expected a list of texts");
  return keys.map((key) => {
    if (typeof key !== "string") throw invalid("keys", "expected a list of texts");
    return key;
  });
}

function parseInteger(spec: JsonObject, field: string, least: number): number | null {
  const value = spec[field] ?? null;
  if (value === null) return null;
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number) || number < least) {
    throw invalid(field, "expected an integer");
  }
  return number;
}

function parseMode(spec: JsonObject): HistorySpec["mode"] {
  const mode = spec["mode"] ?? "all";
  if (mode !== "all" && mode !== "union") throw invalid("mode", 'expected "all" or "union"');
  return mode;
}

function invalid(field: string, expectation: string, cause?: unknown): ServerError {
  return new ServerError("invalid_argument", `Invalid history spec: ${field}: ${expectation}`, {
    field,
    cause,
  });
}
