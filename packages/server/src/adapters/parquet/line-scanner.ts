/**
 * Reads a line straight into leaves: the paths of its values with their kinds, integers told from floats, without
 * objects in between. It reads what clients usually write; anything else it leaves to the slower reader of members.
 */
import { parseJson } from "@steelyard/protocol";
import { BOOLEAN, FLOAT, JSON_TEXT, NULL, STRING } from "./column-values.ts";
import { NumberScanner } from "./number-scanner.ts";
import { PathNode } from "./path-tree.ts";
import { endOfValue, readMembers } from "./raw-members.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const SPACE = 0x20;

/** Deeper lines are rare enough for the slower reader, which judges the depth of the whole line. */
const MAX_FAST_DEPTH = 32;
const FAILED = -1;

/** Scans lines; the leaves of the last one are in {@link leaves} and the arrays beside it. */
export class LineScanner {
  readonly root: PathNode = new PathNode("", undefined);
  /** Where each value of the line stands, in their order; only the first {@link count} count. */
  readonly leaves: PathNode[] = [];
  readonly kinds: number[] = [];
  readonly numbers: number[] = [];
  readonly texts: (string | undefined)[] = [];
  /** How many values the line has. */
  count = 0;
  readonly #number = new NumberScanner();
  #scan = 0;

  /** Reads a line; answers whether it is a JSON object. */
  scan(line: string): boolean {
    this.#begin();
    const start = skipSpace(line, 0);
    if (line.charCodeAt(start) === OPEN) {
      const end = this.#object(line, start, this.root, 0);
      if (end !== FAILED && skipSpace(line, end) === line.length) return true;
    }
    this.#begin();
    return this.#scanSlowly(line);
  }

  #begin(): void {
    this.count = 0;
    this.#scan += 1;
  }

  /** Reads the object at `start`; answers where it ends. */
  #object(line: string, start: number, parent: PathNode, depth: number): number {
    if (depth > MAX_FAST_DEPTH) return FAILED;
    const firstLeaf = this.count;
    let position = skipSpace(line, start + 1);
    let previous: PathNode | undefined;
    if (line.charCodeAt(position) === CLOSE) {
      if (depth > 0) this.#add(parent, JSON_TEXT, 0, "{}");
      return position + 1;
    }
    for (;;) {
      if (line.charCodeAt(position) !== QUOTE) return FAILED;
      const expected = previous === undefined ? parent.firstChild : previous.next;
      let node: PathNode;
      let end = expected === undefined ? FAILED : endOfKey(line, position + 1, expected.key);
      if (expected !== undefined && end !== FAILED) {
        node = expected;
      } else {
        let hash = 0;
        end = position + 1;
        for (;;) {
          const character = line.charCodeAt(end);
          if (character === QUOTE) break;
          if (character === BACKSLASH || !(character >= SPACE)) return FAILED;
          hash = (Math.imul(hash, 31) + character) | 0;
          end += 1;
        }
        node = parent.childAt(line, position + 1, end, hash);
        if (previous === undefined) parent.firstChild = node;
        else previous.next = node;
      }
      if (node.seenBy === this.#scan) return FAILED;
      node.seenBy = this.#scan;
      previous = node;
      position = end + 1;
      if (line.charCodeAt(position) !== COLON) {
        position = skipSpace(line, position);
        if (line.charCodeAt(position) !== COLON) return FAILED;
      }
      position = skipSpace(line, position + 1);
      if (node.isType && depth > 0 && line.charCodeAt(position) === QUOTE) {
        this.count = firstLeaf;
        return this.#media(line, start, parent);
      }
      position = this.#value(line, position, node, depth);
      if (position === FAILED) return FAILED;
      position = skipSpace(line, position);
      const separator = line.charCodeAt(position);
      if (separator === CLOSE) return position + 1;
      if (separator !== COMMA) return FAILED;
      position = skipSpace(line, position + 1);
    }
  }

  #value(line: string, start: number, node: PathNode, depth: number): number {
    const first = line.charCodeAt(start);
    switch (first) {
      case QUOTE:
        return this.#string(line, start, node);
      case OPEN:
        return this.#object(line, start, node, depth + 1);
      case OPEN_LIST:
        return this.#json(line, start, node);
      case 0x74: // t
        return this.#word(line, start, node, "true", BOOLEAN, 1);
      case 0x66: // f
        return this.#word(line, start, node, "false", BOOLEAN, 0);
      case 0x6e: // n
        return this.#word(line, start, node, "null", NULL, 0);
      case 0x4e: // N
        return this.#word(line, start, node, "NaN", FLOAT, NaN);
      case 0x49: // I
        return this.#word(line, start, node, "Infinity", FLOAT, Infinity);
      default: {
        if (first === 0x2d && line.charCodeAt(start + 1) === 0x49) {
          return this.#word(line, start, node, "-Infinity", FLOAT, -Infinity);
        }
        const end = this.#number.scan(line, start);
        if (end !== FAILED) this.#add(node, this.#number.kind, this.#number.value, this.#number.text);
        return end;
      }
    }
  }

  #word(line: string, start: number, node: PathNode, word: string, kind: number, value: number): number {
    if (!line.startsWith(word, start)) return FAILED;
    this.#add(node, kind, value, undefined);
    return start + word.length;
  }

  #string(line: string, start: number, node: PathNode): number {
    let end = start + 1;
    let isPlain = true;
    for (;;) {
      const character = line.charCodeAt(end);
      if (character === QUOTE) break;
      if (!(character >= SPACE)) return FAILED;
      if (character === BACKSLASH) {
        isPlain = false;
        end += 1;
      }
      end += 1;
    }
    if (isPlain) {
      this.#addString(node, line.slice(start + 1, end));
      return end + 1;
    }
    const value = tryParse(line.slice(start, end + 1));
    if (typeof value !== "string") return FAILED;
    this.#addString(node, value);
    return end + 1;
  }

  #addString(node: PathNode, text: string): void {
    if (text.isWellFormed()) this.#add(node, STRING, 0, text);
    else this.#add(node, JSON_TEXT, 0, JSON.stringify(text));
  }

  /** A list: kept as its text. */
  #json(line: string, start: number, node: PathNode): number {
    const text = this.#nestedText(line, start);
    if (text === undefined) return FAILED;
    this.#add(node, JSON_TEXT, 0, wellFormed(text));
    return start + text.length;
  }

  /** An object with a `_type`: kept as its text, unless a second `_type` may say otherwise. */
  #media(line: string, start: number, node: PathNode): number {
    const text = this.#nestedText(line, start);
    if (text === undefined) return FAILED;
    if (text.indexOf("_type") !== text.lastIndexOf("_type") || text.includes("\\u")) return FAILED;
    this.#add(node, JSON_TEXT, 0, wellFormed(text));
    return start + text.length;
  }

  /** The text of the list or object at `start`, if it is good JSON and not deep. */
  #nestedText(line: string, start: number): string | undefined {
    const end = endOfValue(line, start + 1, MAX_FAST_DEPTH);
    if (end === FAILED) return undefined;
    const text = line.slice(start, end + 1);
    return tryParse(text) === undefined ? undefined : text;
  }

  #add(node: PathNode, kind: number, value: number, text: string | undefined): void {
    const at = this.count;
    this.leaves[at] = node;
    this.kinds[at] = kind;
    this.numbers[at] = value;
    this.texts[at] = text;
    this.count = at + 1;
  }

  #scanSlowly(line: string): boolean {
    const value = tryParse(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    this.#addMembers(readMembers(line), this.root);
    return true;
  }

  #addMembers(members: ReadonlyMap<string, string>, parent: PathNode): void {
    for (const [key, text] of members) this.#addText(parent.child(key), text);
  }

  #addText(node: PathNode, text: string): void {
    if (!text.startsWith("{")) {
      // A single value that the fast path knows; lists that are too deep for it are kept as they are.
      if (this.#value(text, 0, node, 0) !== text.length) this.#add(node, JSON_TEXT, 0, wellFormed(text));
      return;
    }
    const members = readMembers(text);
    if (members.size === 0) this.#add(node, JSON_TEXT, 0, "{}");
    else if (members.get("_type")?.startsWith('"')) this.#add(node, JSON_TEXT, 0, wellFormed(text));
    else this.#addMembers(members, node);
  }
}

/** Where the key ends, given that it is the expected one; its quote is there. */
function endOfKey(line: string, start: number, key: string): number {
  const end = start + key.length;
  if (line.charCodeAt(end) !== QUOTE) return FAILED;
  for (let index = 0; index < key.length; index += 1) {
    if (line.charCodeAt(start + index) !== key.charCodeAt(index)) return FAILED;
  }
  return end;
}

function skipSpace(line: string, start: number): number {
  let position = start;
  for (;;) {
    const character = line.charCodeAt(position);
    if (character !== SPACE && character !== 0x0a && character !== 0x0d && character !== 0x09)
      return position;
    position += 1;
  }
}

/** The value of a text, or undefined when it is not JSON. */
function tryParse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // What is not JSON is kept as the text that it is.
    return undefined;
  }
}

/** JSON whose texts hold halves of surrogate pairs, with those escaped: UTF-8 cannot carry them. */
function wellFormed(json: string): string {
  if (json.isWellFormed()) return json;
  return json.replace(/\p{Surrogate}/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}
