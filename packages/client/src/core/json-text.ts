/** JSON inside texts of an answer: config, summary, history lines. */
import { parseJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import { readAnswer } from "./unexpected-answer.ts";

/**
 * Reads an object from JSON text; null, the empty text and the text `null` are the empty object.
 *
 * @throws {CommError} when the text is something else; names the field.
 */
export function parseObjectText(text: string | null, field: string): JsonObject {
  if (text === null || text === "" || text === "null") return {};
  return readAnswer(field, () => parseJsonObject(text));
}
