/** Rules for the names of new artifacts, which are Python's: stricter than what servers keep. */
import { ProtocolError, isJsonArray, isJsonObject, validateArtifactTag } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../../core/errors.ts";

const MAX_LENGTH = 128;
const MAX_METADATA_KEYS = 100;
/** Names of the types that W&B's clients use themselves, with the beginnings of names that they reserve there. */
const RESERVED: Readonly<Record<string, string>> = { job: "", run_table: "run-", code: "source-" };

/**
 * Checks the name and the type of a new artifact.
 *
 * @throws {ValueError} naming the rule.
 */
export function checkDraftNames(name: string, type: string): void {
  if (name === "" || name.length > MAX_LENGTH || !/^[A-Za-z0-9_.-]+$/.test(name)) {
    throw new ValueError(
      `Invalid artifact name ${JSON.stringify(name)}: expected 1 to ${MAX_LENGTH} letters, digits, "-", "_" and "."`,
    );
  }
  if (type === "" || type.length > MAX_LENGTH || /[/:]/.test(type)) {
    throw new ValueError(
      `Invalid artifact type ${JSON.stringify(type)}: expected 1 to ${MAX_LENGTH} characters without "/" and ":"`,
    );
  }
  const prefix = Object.hasOwn(RESERVED, type) ? RESERVED[type] : undefined;
  if (type.startsWith("wandb-") || (prefix !== undefined && name.startsWith(prefix)))
    throw new ValueError(`The artifact type ${JSON.stringify(type)} is reserved for W&B's clients`);
}

/** Checks aliases. @throws {ValueError} for one with a slash or a colon. */
export function checkAliases(aliases: readonly string[]): readonly string[] {
  const bad = aliases.find((alias) => alias === "" || /[/:]/.test(alias));
  if (bad !== undefined)
    throw new ValueError(`Invalid alias ${JSON.stringify(bad)}: it cannot hold "/" or ":"`);
  return aliases;
}

/** Checks tags. @throws {ValueError} for one that is not words with spaces between them. */
export function checkTags(tags: readonly string[]): readonly string[] {
  try {
    for (const tag of tags) validateArtifactTag(tag);
  } catch (cause) {
    throw cause instanceof ProtocolError ? new ValueError(cause.message, { cause }) : cause;
  }
  return [...new Set(tags)];
}

/**
 * Metadata as servers take it: NaN becomes null, as in Python.
 *
 * @throws {ValueError} for an infinite number, or more than 100 keys.
 */
export function toMetadata(metadata: JsonObject): JsonObject {
  if (Object.keys(metadata).length > MAX_METADATA_KEYS)
    throw new ValueError(`An artifact has at most ${MAX_METADATA_KEYS} metadata keys`);
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, finite(value, key)]));
}

function finite(value: JsonValue, key: string): JsonValue {
  if (typeof value === "number") {
    if (Number.isNaN(value)) return null;
    if (!Number.isFinite(value))
      throw new ValueError(`The metadata ${JSON.stringify(key)} is an infinite number`);
  }
  if (isJsonArray(value)) return value.map((item) => finite(item, key));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, item]) => [inner, finite(item, key)]));
}
