/** The words and signs of Python expressions, as far as comparisons need them. */
import { ValueError } from "../../core/errors.ts";

/** A word or sign. */
export type PythonToken =
  /** A name; dots may join several into one. */
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "value"; readonly value: string | number | bigint }
  /** An operator, a bracket, a comma or a word of the language. */
  | { readonly kind: "sign"; readonly text: string };

const SPACE = /[\s\\]+/y;
const NAME = /[\p{L}_][\p{L}\p{N}\p{M}_]*(?:\.[\p{L}\p{N}\p{M}_]+)*/uy;
const SIGN = /==|!=|<=|>=|[<>()[\],+-]/y;
const STRING = /([rRuU]?)('''|"""|'|")((?:\\[^]|(?!\2)[^\\])*)\2/y;
const NUMBER =
  /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
const LEADING_ZERO = /^0+[1-9]\d*$/;
const WORDS: ReadonlySet<string> = new Set(["and", "or", "not", "in", "is", "True", "False", "None"]);
const ESCAPE = /\\(?:\r?\n|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([abfnrtv\\'"]))/g;
const CONTROL: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Splits an expression. @throws {ValueError} naming the place where it is none. */
export function readTokens(text: string): PythonToken[] {
  const tokens: PythonToken[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    position += match?.[0].length ?? 0;
    return match;
  };
  while (take(SPACE) !== null || position < text.length) {
    if (position >= text.length) break;
    const string = take(STRING);
    const [, prefix = "", quotes = "", content = ""] = string ?? [];
    const number = string === null ? take(NUMBER)?.[0] : undefined;
    const name = string === null && number === undefined ? take(NAME)?.[0] : undefined;
    if (string !== null) {
      if (quotes.length === 1 && /(?<!\\)(?:\\\\)*\n/.test(content)) throw unreadable(text, position);
      tokens.push({ kind: "value", value: /r/i.test(prefix) ? content : unescaped(content) });
    } else if (number !== undefined) {
      if (LEADING_ZERO.test(number) || /[\p{L}_]/u.test(text.charAt(position)))
        throw unreadable(text, position);
      tokens.push({ kind: "value", value: toNumber(number.replaceAll("_", "")) });
    } else if (name !== undefined) {
      tokens.push({ kind: WORDS.has(name) ? "sign" : "name", text: name });
    } else {
      const sign = take(SIGN)?.[0];
      if (sign === undefined) throw unreadable(text, position);
      tokens.push({ kind: "sign", text: sign });
    }
  }
  return tokens;
}

function unreadable(text: string, position: number): ValueError {
  return new ValueError(
    `Invalid comparison: cannot read ${JSON.stringify(text.slice(position, position + 20))}`,
  );
}

/** Integers keep their digits. */
function toNumber(digits: string): number | bigint {
  if (!/^(?:0[xXoObB].*|\d+)$/.test(digits)) return Number(digits);
  const exact = BigInt(digits);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

/** An escape that Python does not know stays as it is. */
function unescaped(content: string): string {
  return content.replaceAll(
    ESCAPE,
    (escape, x?: string, u?: string, long?: string, octal?: string, letter?: string) => {
      const hex = x ?? u ?? long;
      if (hex !== undefined) return codePoint(Number.parseInt(hex, 16), escape);
      if (octal !== undefined) return codePoint(Number.parseInt(octal, 8), escape);
      if (letter !== undefined) return CONTROL[letter] ?? letter;
      return "";
    },
  );
}

function codePoint(code: number, escape: string): string {
  if (code > 0x10_ff_ff) throw new ValueError(`Invalid comparison: ${escape} is no character`);
  return String.fromCodePoint(code);
}
