/**
 * The members of a JSON object as pieces of its text, for lines that the fast scanner leaves alone: of a key that is
 * there twice the last value counts, at the first one's place. The text is known to be good JSON.
 */

/** Keys, and the text of each one's value. */
export function readMembers(text: string): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  let position = text.indexOf("{") + 1;
  for (;;) {
    const start = text.indexOf('"', position);
    // Between members stands nothing but a comma and spaces, so the next quote begins a key.
    if (start === -1) return members;
    const end = endOfString(text, start);
    const valueStart = text.indexOf(":", end) + 1;
    const valueEnd = endOfValue(text, valueStart);
    members.set(String(JSON.parse(text.slice(start, end))), text.slice(valueStart, valueEnd).trim());
    position = valueEnd;
  }
}

/**
 * Where the value ends that begins at or after `start`: at the comma or bracket behind it. -1 when it nests deeper than
 * `maxDepth`.
 *
 * @default maxDepth: no bound
 */
export function endOfValue(text: string, start: number, maxDepth: number = Infinity): number {
  let depth = 0;
  for (let position = start; position < text.length; position += 1) {
    const character = text.charCodeAt(position);
    if (character === 0x22) position = endOfString(text, position) - 1;
    else if (character === 0x7b || character === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return -1;
    } else if (character === 0x2c && depth === 0) return position;
    else if (character === 0x7d || character === 0x5d) {
      if (depth === 0) return position;
      depth -= 1;
    }
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && text.charCodeAt(position) !== 0x22) {
    position += text.charCodeAt(position) === 0x5c ? 2 : 1;
  }
  return position + 1;
}
