// Most patterns that people write are a few words with `.*` between them. These are found by plain searches for texts,
// with the answers of RE2: its engine takes longer to be compiled than a hundred thousand runs to be searched.

/** A pattern of texts with anything between them. */
export interface LiteralPattern {
  /** None is empty. */
  readonly parts: readonly string[];
  /** Whether the first part must stand at the beginning; without parts, whether anything begins there. */
  readonly isAtStart: boolean;
  /** The same at the end. */
  readonly isAtEnd: boolean;
  /** Whether there is a `.*`, which does not go beyond the end of a line. */
  readonly hasGaps: boolean;
}

/** A character that stands for itself, as it is or behind a backslash; halves of characters are left to RE2. */
const plain = String.raw`[^\\.+*?()|[\]{}^$\n\ud800-\udfff]|\\[-\\.+*?()|[\]{}^$/]`;
const gap = ".*";
const simple = new RegExp(String.raw`^(\^?)((?:${plain}|\.\*)*)(\$?)$`);
const tokens = new RegExp(String.raw`\.\*|${plain}`, "g");
const leading = new RegExp(String.raw`^\^?((?:${plain})+)([*?{]?)`);

/** Takes a pattern apart; undefined when it is more than texts with gaps. */
export function parseLiteralPattern(pattern: string): LiteralPattern | undefined {
  const [, start, body = "", end] = simple.exec(pattern) ?? [];
  if (start === undefined) return undefined;
  const found = body.match(tokens) ?? [];
  const texts = [""];
  for (const token of found) {
    if (token === gap) texts.push("");
    else texts.push((texts.pop() ?? "") + literalOf(token));
  }
  return {
    parts: texts.filter((text) => text !== ""),
    isAtStart: start !== "" && found[0] !== gap,
    isAtEnd: end !== "" && found.at(-1) !== gap,
    hasGaps: texts.length > 1,
  };
}

/** A text that is in every text in which the pattern is found; undefined when none is known. */
export function findRequiredText(pattern: string): string | undefined {
  const parts = parseLiteralPattern(pattern)?.parts;
  if (parts !== undefined) {
    return parts.reduce<string | undefined>(
      (a, b) => (a !== undefined && a.length >= b.length ? a : b),
      undefined,
    );
  }
  // With another pattern beside it, no beginning is needed.
  if (pattern.includes("|")) return undefined;
  const [, run = "", repeat] = leading.exec(pattern) ?? [];
  const units = run.match(tokens) ?? [];
  const text = (repeat === "" ? units : units.slice(0, -1)).map(literalOf).join("");
  return text === "" ? undefined : text;
}

/** A search as RE2 makes it, for texts of one line; for all texts where there are no gaps. */
export function createLiteralSearch({
  parts,
  isAtStart,
  isAtEnd,
}: LiteralPattern): (text: string) => boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) {
    if (isAtStart && isAtEnd) return (text) => text === first;
    if (isAtStart) return (text) => text.startsWith(first);
    return isAtEnd ? (text) => text.endsWith(first) : (text) => text.includes(first);
  }
  return (text) => {
    let at = isAtStart ? (text.startsWith(first) ? 0 : -1) : text.indexOf(first);
    if (at === -1) return false;
    at += first.length;
    for (const part of others) {
      const found = text.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return isAtEnd ? text.length - last.length >= at && text.endsWith(last) : text.indexOf(last, at) !== -1;
  };
}

function literalOf(token: string): string {
  return token.length === 2 && token.startsWith("\\") ? token.slice(1) : token;
}
