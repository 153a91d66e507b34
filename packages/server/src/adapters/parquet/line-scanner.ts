/**
 * Reads a line straight into leaves: the paths of its values with their kinds, integers told from floats, without
 * objects in between. It reads what clients usually write; anything else it leaves to the slower reader of members.
 */
import { parseJson } from "@steelyard/protocol";
import { STEP_KEY } from "../../modules/history/history-line.ts";
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
const FIRST_CAPACITY = 65_536;
/** UTF-8 has at most three bytes for a unit of UTF-16. */
const MAX_BYTES_A_UNIT = 3;

/** Scans lines; the leaves of the last one are in {@link leaves} and the arrays beside it. */
export class LineScanner {
  readonly root: PathNode = new PathNode("", undefined);
  /** Where a row states its step. */
  readonly step: PathNode = this.root.child(STEP_KEY);
  /** Where each value of the line stands, in their order; only the first {@link count} count. */
  readonly leaves: PathNode[] = [];
  readonly kinds: number[] = [];
  readonly numbers: number[] = [];
  readonly texts: (string | undefined)[] = [];
  /** How many values the line has. */
  count = 0;
  readonly #number = new NumberScanner();
  #scan = 0;
  /** The line as UTF-8, with a zero behind it; the rest is left from longer lines. */
  #bytes = Buffer.alloc(FIRST_CAPACITY);

  /** How many keys were seen so far. */
  get nodeCount(): number {
    return this.root.descendantCount;
  }

  /** Reads a line; answers whether it is a JSON object. */
  scan(line: string): boolean {
    if (this.scanPlain(line)) return true;
    this.#begin();
    return this.#scanSlowly(wellFormed(line));
  }

  /** Reads a line that is written as clients usually write; answers whether it is, and then it is a JSON object. */
  scanPlain(line: string): boolean {
    this.#begin();
    const length = this.#load(line);
    if (length === FAILED) return false;
    const start = skipSpace(this.#bytes, 0);
    if (this.#bytes[start] !== OPEN) return false;
    const end = this.#object(this.#bytes, start, this.root, 0);
    return end !== FAILED && skipSpace(this.#bytes, end) === length;
  }

  /** Copies the line to bytes, which are read several times faster than texts; answers how many, or that it can't. */
  #load(line: string): number {
    const capacity = line.length * MAX_BYTES_A_UNIT + 1;
    if (capacity > this.#bytes.length) this.#bytes = Buffer.alloc(capacity * 2);
    const length = this.#bytes.write(line);
    this.#bytes[length] = 0;
    return length === line.length || line.isWellFormed() ? length : FAILED;
  }

  #begin(): void {
    this.count = 0;
    this.#scan += 1;
  }

  /** Reads the object at `start`; answers where it ends. */
  #object(line: Buffer, start: number, parent: PathNode, depth: number): number {
    if (depth > MAX_FAST_DEPTH) return FAILED;
    const firstLeaf = this.count;
    let position = skipSpace(line, start + 1);
    let previous: PathNode | undefined;
    if (line[position] === CLOSE) {
      if (depth > 0) this.#add(parent, JSON_TEXT, 0, "{}");
      return position + 1;
    }
    for (;;) {
      if (line[position] !== QUOTE) return FAILED;
      const expected = previous === undefined ? parent.firstChild : previous.next;
      let node: PathNode;
      let end = expected === undefined ? FAILED : expected.endAt(line, position + 1);
      if (expected !== undefined && end !== FAILED) {
        node = expected;
      } else {
        let hash = 0;
        end = position + 1;
        for (;;) {
          const byte = line[end] ?? 0;
          if (byte === QUOTE) break;
          if (byte === BACKSLASH || byte < SPACE) return FAILED;
          hash = (Math.imul(hash, 31) + byte) | 0;
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
      if (line[position] !== COLON) {
        position = skipSpace(line, position);
        if (line[position] !== COLON) return FAILED;
      }
      position = skipSpace(line, position + 1);
      if (node.isType && depth > 0 && line[position] === QUOTE) {
        this.count = firstLeaf;
        return this.#media(line, start, parent);
      }
      position = this.#value(line, position, node, depth);
      if (position === FAILED) return FAILED;
      position = skipSpace(line, position);
      const separator = line[position];
      if (separator === CLOSE) return position + 1;
      if (separator !== COMMA) return FAILED;
      position = skipSpace(line, position + 1);
    }
  }

  #value(line: Buffer, start: number, node: PathNode, depth: number): number {
    const first = line[start] ?? 0;
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
        if (first === 0x2d && line[start + 1] === 0x49) {
          return this.#word(line, start, node, "-Infinity", FLOAT, -Infinity);
        }
        const end = this.#number.scan(line, start);
        if (end !== FAILED) this.#add(node, this.#number.kind, this.#number.value, this.#number.text);
        return end;
      }
    }
  }

  #word(line: Buffer, start: number, node: PathNode, word: string, kind: number, value: number): number {
    if (line.toString("latin1", start, start + word.length) !== word) return FAILED;
    this.#add(node, kind, value, undefined);
    return start + word.length;
  }

  #string(line: Buffer, start: number, node: PathNode): number {
    let end = start + 1;
    let isPlain = true;
    for (;;) {
      const byte = line[end] ?? 0;
      if (byte === QUOTE) break;
      if (byte < SPACE) return FAILED;
      if (byte === BACKSLASH) {
        isPlain = false;
        end += 1;
      }
      end += 1;
    }
    if (isPlain) {
      this.#addString(node, line.toString("utf8", start + 1, end));
      return end + 1;
    }
    const value = tryParse(line.toString("utf8", start, end + 1));
    if (typeof value !== "string") return FAILED;
    this.#addString(node, value);
    return end + 1;
  }

  #addString(node: PathNode, text: string): void {
    if (text.isWellFormed()) this.#add(node, STRING, 0, text);
    else this.#add(node, JSON_TEXT, 0, JSON.stringify(text));
  }

  /** A list: kept as its text. */
  #json(line: Buffer, start: number, node: PathNode): number {
    const end = endOfNested(line, start);
    const text = end === FAILED ? "" : line.toString("utf8", start, end);
    if (tryParse(text) === undefined) return FAILED;
    this.#add(node, JSON_TEXT, 0, text);
    return end;
  }

  /** An object with a `_type`: kept as its text, unless a second `_type` may say otherwise. */
  #media(line: Buffer, start: number, node: PathNode): number {
    const end = endOfNested(line, start);
    const text = end === FAILED ? "" : line.toString("utf8", start, end);
    if (tryParse(text) === undefined) return FAILED;
    if (text.indexOf("_type") !== text.lastIndexOf("_type") || text.includes("\\u")) return FAILED;
    this.#add(node, JSON_TEXT, 0, text);
    return end;
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
      const length = this.#load(text);
      // A single value that the fast path knows; lists that are too deep for it are kept as they are.
      if (this.#value(this.#bytes, 0, node, 0) !== length) this.#add(node, JSON_TEXT, 0, text);
      return;
    }
    const members = readMembers(text);
    if (members.size === 0) this.#add(node, JSON_TEXT, 0, "{}");
    else if (members.get("_type")?.startsWith('"')) this.#add(node, JSON_TEXT, 0, text);
    else this.#addMembers(members, node);
  }
}

/** Where the list or object at `start` ends, unless it is deep. */
function endOfNested(line: Uint8Array, start: number): number {
  const last = endOfValue(line, start + 1, MAX_FAST_DEPTH);
  return last === FAILED ? FAILED : last + 1;
}

function skipSpace(line: Uint8Array, start: number): number {
  let position = start;
  for (;;) {
    const byte = line[position] ?? 0;
    // The clients write none.
    if (byte > SPACE) return position;
    if (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return position;
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
