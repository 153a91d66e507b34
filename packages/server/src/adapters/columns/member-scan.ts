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
  const last = lastPlaceOf(text, keys);
  if (last === -1) return {};
  try {
    return scanMembers(text, keys, last);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return {};
    throw error;
  }
}

function scanMembers(text: string, keys: readonly string[], last: number): JsonObject {
  const picked: Record<string, JsonValue> = {};
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== openObject) return picked;
  at = skipSpace(text, at + 1);
  while (at <= last && text.charCodeAt(at) === quote) {
    const keyEnd = endOfText(text, at);
    const key = findKey(text, at, keyEnd, keys);
    at = skipSpace(text, keyEnd);
    if (text.charCodeAt(at) !== colon) break;
    const start = skipSpace(text, at + 1);
    at = endOfValue(text, start);
    if (key !== undefined) setOwn(picked, key, parseJson(text.slice(start, at)));
    at = skipSpace(text, at);
    if (text.charCodeAt(at) !== comma) break;
    at = skipSpace(text, at + 1);
  }
  return picked;
}

/** Behind which no member with one of the keys begins; -1 when there is none. Escapes can spell a key in many ways. */
function lastPlaceOf(text: string, keys: readonly string[]): number {
  if (text.includes("\\")) return text.length;
  let last = -1;
  for (const key of keys) {
    const quoted = `"${key}"`;
    // Forwards, because that search is many times faster than `lastIndexOf`.
    for (let at = text.indexOf(quoted, last + 1); at !== -1; at = text.indexOf(quoted, at + 1)) last = at;
  }
  return last;
}

/** The one of the keys that stands in quotes, if one does. */
function findKey(text: string, start: number, end: number, keys: readonly string[]): string | undefined {
  const length = end - start - 2;
  for (const key of keys) if (key.length === length && text.startsWith(key, start + 1)) return key;
  const escape = text.indexOf("\\", start);
  if (escape === -1 || escape >= end) return undefined;
  const read = parseJson(text.slice(start, end));
  return keys.find((key) => key === read);
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
  const first = text.charCodeAt(start);
  if (first === quote) return endOfText(text, start);
  if (first === openObject || first === openList) return endOfNested(text, start);
  let at = start;
  for (;;) {
    const unit = text.charCodeAt(at);
    if (unit === comma || unit === closeObject || unit === closeList || Number.isNaN(unit)) return at;
    at += 1;
  }
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Most units are neither quotes nor brackets; brackets of both kinds differ in one bit from each other.
    if (unit === quote) at = endOfText(text, at) - 1;
    else if ((unit | 0x20) === openObject) depth += 1;
    else if ((unit | 0x20) === closeObject && --depth === 0) return at + 1;
  }
  return text.length;
}
