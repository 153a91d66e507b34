/** Parameters of a sweep and the config of a run say the same in two ways: `{"lr": 0.1}` and `{"lr": {"value": 0.1}}`. */
import { isJsonObject, parseJsonObject, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

/** Parameters as a run's config has them, and as agents are told them. */
export function toRunConfig(parameters: JsonObject): JsonObject {
  return mapValues(parameters, (value) => ({ value }));
}

/** The values that a run's config, as JSON text, holds. The client's own section is none of them. */
export function parametersOfConfig(config: string): JsonObject {
  const values: Record<string, JsonValue> = {};
  for (const [key, entry] of Object.entries(parseJsonObject(config))) {
    if (key === "_wandb" || !isJsonObject(entry) || !Object.hasOwn(entry, "value")) continue;
    setOwn(values, key, entry["value"] ?? null);
  }
  return values;
}

function mapValues(object: JsonObject, map: (value: JsonValue) => JsonValue): JsonObject {
  const mapped: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(object)) setOwn(mapped, key, map(value));
  return mapped;
}
