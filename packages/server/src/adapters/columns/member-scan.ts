// Picks members of a JSON object out of its text without parsing the rest: filters name a few keys of long documents.
import { JsonSyntaxError, parseJson, setOwn, type JsonObject, type JsonValue } from "@steelyard/protocol";

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/**
 * The members of an object with some of the keys, as `parseJsonObject` would read them. The text must be extended JSON,
 * which is checked where texts enter; members of one that is not may be missing.
 */
export function pickMembers(text: string, keys: readonly string[]): JsonObject {
  if (!keys.some((key) => mayHold(text, key))) return {};
  try {
    return scanMembers(text, keys);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return {};
    throw error;
  }
}

function scanMembers(text: string, keys: readonly string[]): JsonObject {
  const picked: Record<string, JsonValue> = {};
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== openObject) return picked;
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) === quote) {
    const keyEnd = endOfText(text, at);
    const key = readKey(text, at, keyEnd);
    at = skipSpace(text, keyEnd);
    if (text.charCodeAt(at) !== colon) break;
    const start = skipSpace(text, at + 1);
    at = endOfValue(text, start);
    if (keys.includes(key)) setOwn(picked, key, parseJson(text.slice(start, at)));
    at = skipSpace(text, at);
    if (text.charCodeAt(at) !== comma) break;
    at = skipSpace(text, at + 1);
  }
  return picked;
}

/** Whether a key may be in a text; escapes can spell it in many ways. */
function mayHold(text: string, key: string): boolean {
  return text.includes(`"${key}"`) || text.includes("\\");
}

function readKey(text: string, start: number, end: number): string {
  const key = text.slice(start + 1, end - 1);
  if (!key.includes("\\")) return key;
  const read = parseJson(text.slice(start, end));
  return typeof read === "string" ? read : key;
}

/** Where the space that begins somewhere ends. */
function skipSpace(text: string, start: number): number {
  let at = start;
  for (let unit = text.charCodeAt(at); unit <= 0x20; unit = text.charCodeAt(at)) at += 1;
  return at;
}

/** Where a text in quotes ends, after its last quote. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; ;) {
    const end = text.indexOf('"', at);
    if (end === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
    at = end + 1;
  }
}

/** Where a value ends: at a comma or bracket that is not inside it. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfText(text, at);
        continue;
      case openList:
      case openObject:
        depth += 1;
        break;
      case closeList:
      case closeObject:
        if (depth === 0) return at;
        depth -= 1;
        break;
      case comma:
        if (depth === 0) return at;
        break;
    }
    at += 1;
  }
  return at;
}
