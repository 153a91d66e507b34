/**
 * The members of a JSON object as pieces of its text, for lines that the fast scanner leaves alone: of a key that is
 * there twice the last value counts, at the first one's place. The text is known to be good JSON and well formed.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Keys, and the text of each one's value. */
export function readMembers(text: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(text);
  const members = new Map<string, string>();
  let position = bytes.indexOf(OPEN) + 1;
  for (;;) {
    const start = bytes.indexOf(QUOTE, position);
    // Between members stands nothing but a comma and spaces, so the next quote begins a key.
    if (start === -1) return members;
    const end = endOfString(bytes, start);
    const valueStart = bytes.indexOf(":", end) + 1;
    const valueEnd = endOfValue(bytes, valueStart);
    const key = String(JSON.parse(bytes.toString("utf8", start, end)));
    members.set(key, bytes.toString("utf8", valueStart, valueEnd).trim());
    position = valueEnd;
  }
}

/**
 * Where the value ends that begins at or after `start`: at the comma or bracket behind it. -1 when it nests deeper than
 * `maxDepth`.
 *
 * @default maxDepth: no bound
 */
export function endOfValue(bytes: Uint8Array, start: number, maxDepth: number = Infinity): number {
  let depth = 0;
  for (let position = start; position < bytes.length; position += 1) {
    const byte = bytes[position];
    if (byte === QUOTE) position = endOfString(bytes, position) - 1;
    else if (byte === OPEN || byte === OPEN_LIST) {
      depth += 1;
      if (depth > maxDepth) return -1;
    } else if (byte === COMMA && depth === 0) return position;
    else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (depth === 0) return position;
      depth -= 1;
    }
  }
  return bytes.length;
}

function endOfString(bytes: Uint8Array, start: number): number {
  let position = start + 1;
  while (position < bytes.length && bytes[position] !== QUOTE)
    position += bytes[position] === BACKSLASH ? 2 : 1;
  return position + 1;
}
