/**
 * A recursive-descent JSON parser for the texts that `JSON.parse` refuses (bare NaN and Infinity) or rounds
 * (integers beyond 2^53). Slower than the built-in one, so `parse.ts` calls it only where it must.
 */
import { JsonSyntaxError } from "./syntax-error.ts";
import { setOwn } from "./value.ts";
import type { JsonValue } from "./value.ts";

/** The deepest nesting of lists and objects that is read; deeper texts could exhaust the stack later on. */
export const MAX_JSON_DEPTH = 512;

/** The longest integer that is read; converting digits to `bigint` costs more than linear time. */
export const MAX_INTEGER_DIGITS = 4_300;

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const SAFE_DIGITS = 15;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses a whole text.
 *
 * @throws {JsonSyntaxError} when the text is not JSON, nests deeper than {@link MAX_JSON_DEPTH} or holds an
 *   integer of more than {@link MAX_INTEGER_DIGITS} digits.
 */
export function parseExactly(text: string): JsonValue {
  const parser = new ExactParser(text);
  return parser.parseDocument();
}

class ExactParser {
  readonly #text: string;
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parseDocument(): JsonValue {
    const value = this.#parseValue();
    this.#skipSpace();
    if (this.#position < this.#text.length) throw this.#unexpected("the end");
    return value;
  }

  #parseValue(): JsonValue {
    this.#skipSpace();
    switch (this.#text.charAt(this.#position)) {
      case "{":
        return this.#nested(() => this.#parseObject());
      case "[":
        return this.#nested(() => this.#parseArray());
      case '"':
        return this.#parseString();
      case "t":
        return this.#parseWord("true", true);
      case "f":
        return this.#parseWord("false", false);
      case "n":
        return this.#parseWord("null", null);
      case "N":
        return this.#parseWord("NaN", NaN);
      case "I":
        return this.#parseWord("Infinity", Infinity);
      default:
        return this.#text.startsWith("-I", this.#position)
          ? this.#parseWord("-Infinity", -Infinity)
          : this.#parseNumber();
    }
  }

  #nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_JSON_DEPTH) {
      throw new JsonSyntaxError(`Nesting deeper than ${MAX_JSON_DEPTH} levels`, this.#position);
    }
    const value = parse();
    this.#depth -= 1;
    return value;
  }

  #parseObject(): JsonValue {
    const object: Record<string, JsonValue> = {};
    this.#position += 1;
    this.#skipSpace();
    if (this.#take("}")) return object;
    for (;;) {
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#position) !== QUOTE) throw this.#unexpected("a key in double quotes");
      const key = this.#parseString();
      this.#skipSpace();
      if (!this.#take(":")) throw this.#unexpected("':'");
      setOwn(object, key, this.#parseValue());
      this.#skipSpace();
      if (this.#take("}")) return object;
      if (!this.#take(",")) throw this.#unexpected("',' or '}'");
    }
  }

  #parseArray(): JsonValue {
    const items: JsonValue[] = [];
    this.#position += 1;
    this.#skipSpace();
    if (this.#take("]")) return items;
    for (;;) {
      items.push(this.#parseValue());
      this.#skipSpace();
      if (this.#take("]")) return items;
      if (!this.#take(",")) throw this.#unexpected("',' or ']'");
    }
  }

  #parseString(): string {
    const text = this.#text;
    const start = this.#position;
    let end = start + 1;
    let isEscaped = false;
    for (; ; end += 1) {
      const unit = text.charCodeAt(end);
      if (unit === QUOTE) break;
      if (unit === BACKSLASH) {
        isEscaped = true;
        end += 1;
      } else if (unit < SPACE || end >= text.length) {
        this.#position = Math.min(end, text.length);
        throw this.#unexpected("the end of the text in quotes");
      }
    }
    this.#position = end + 1;
    return isEscaped ? unescape(text.slice(start, end + 1), start) : text.slice(start + 1, end);
  }

  #parseNumber(): number | bigint {
    NUMBER.lastIndex = this.#position;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected("a value");
    const [token, fraction, exponent] = match;
    const start = this.#position;
    this.#position += token.length;
    const number = Number(token);
    if (fraction !== undefined || exponent !== undefined || token.length <= SAFE_DIGITS) return number;
    if (Number.isSafeInteger(number)) return number;
    if (token.length > MAX_INTEGER_DIGITS) {
      throw new JsonSyntaxError(`An integer of more than ${MAX_INTEGER_DIGITS} digits`, start);
    }
    return BigInt(token);
  }

  #parseWord<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#position)) throw this.#unexpected("a value");
    this.#position += word.length;
    return value;
  }

  #take(character: string): boolean {
    const isThere = this.#text[this.#position] === character;
    if (isThere) this.#position += 1;
    return isThere;
  }

  #skipSpace(): void {
    for (; ; this.#position += 1) {
      const unit = this.#text.charCodeAt(this.#position);
      if (unit !== SPACE && unit !== LINE_FEED && unit !== CARRIAGE_RETURN && unit !== TAB) return;
    }
  }

  #unexpected(expected: string): JsonSyntaxError {
    const found = this.#text[this.#position];
    const what = found === undefined ? "the end of the text" : JSON.stringify(found);
    return new JsonSyntaxError(`Expected ${expected} but found ${what}`, this.#position);
  }
}

/** The built-in parser knows every escape; it only sees one quoted text here. */
function unescape(quoted: string, position: number): string {
  try {
    return String(JSON.parse(quoted));
  } catch (cause) {
    throw new JsonSyntaxError("A bad escape in the text that starts", position, { cause });
  }
}
