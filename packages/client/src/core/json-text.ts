/** JSON inside texts of an answer: config, summary, history lines. */
import { JsonSyntaxError, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import { CommError } from "./errors.ts";

/**
 * Reads an object from JSON text; null, the empty text and the text `null` are the empty object.
 *
 * @throws {CommError} when the text is something else; names the field.
 */
export function parseObjectText(text: string | null, field: string): JsonObject {
  if (text === null || text === "" || text === "null") return {};
  try {
    return parseJsonObject(text);
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    throw new CommError(`Unexpected answer: ${field}: ${cause.message}`, { code: "invalid_response", cause });
  }
}
