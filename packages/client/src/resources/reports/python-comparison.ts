/**
 * Reads comparisons in Python's syntax: `loss < 0.1 and State == "finished"`. One level of `and` or `or`, with a column
 * on the left of each comparison.
 */
import type { JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import { readTokens } from "./python-tokens.ts";
import type { PythonToken } from "./python-tokens.ts";

/** One comparison of a column with a value. */
export interface PythonComparison {
  /** The column as it was written. */
  readonly left: string;
  /** `<`, `<=`, `>`, `>=`, `==`, `!=`, `is`, `is not`, `in` or `not in`. */
  readonly operator: string;
  readonly right: JsonValue;
}

/** Comparisons, and what joins them. */
export interface PythonComparisons {
  readonly connective: "and" | "or";
  readonly comparisons: readonly PythonComparison[];
}

type Node =
  | { readonly kind: "operand"; readonly value: JsonValue; readonly isColumn: boolean }
  | { readonly kind: "comparison"; readonly comparison: PythonComparison }
  | { readonly kind: "group"; readonly connective: "and" | "or"; readonly parts: readonly Node[] };

const COMPARISONS: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!=", "is", "in"]);
const CONSTANTS: ReadonlyMap<string, JsonValue> = new Map([
  ["True", true],
  ["False", false],
  ["None", null],
]);

/** Reads comparisons. @throws {ValueError} when the text is anything else. */
export function parsePythonComparisons(text: string): PythonComparisons {
  const reader = new Reader(readTokens(text));
  const node = reader.readGroup("or");
  reader.expectEnd();
  if (node.kind === "group")
    return { connective: node.connective, comparisons: node.parts.map(requireComparison) };
  return { connective: "and", comparisons: [requireComparison(node)] };
}

class Reader {
  readonly #tokens: readonly PythonToken[];
  #next = 0;

  constructor(tokens: readonly PythonToken[]) {
    this.#tokens = tokens;
  }

  /** `or` binds loosest, then `and`, then comparisons. */
  readGroup(connective: "and" | "or"): Node {
    const read = (): Node => (connective === "or" ? this.readGroup("and") : this.#readComparison());
    const first = read();
    const parts = [first];
    while (this.#take(connective)) parts.push(read());
    return parts.length === 1 ? first : { kind: "group", connective, parts };
  }

  expectEnd(): void {
    if (this.#next < this.#tokens.length) throw invalid(`unexpected ${this.#shown()}`);
  }

  #readComparison(): Node {
    if (this.#take("not")) throw invalid("`not` has no form in filters; compare with !=");
    const left = this.#readOperand();
    const operator = this.#takeOperator();
    if (operator === undefined) return left;
    const right = this.#readOperand();
    if (this.#takeOperator() !== undefined)
      throw invalid("join comparisons by `and` instead of chaining them");
    if (left.kind !== "operand" || !left.isColumn || typeof left.value !== "string")
      throw invalid("the left side of a comparison is a column");
    if (right.kind !== "operand") throw invalid("the right side of a comparison is a value");
    return { kind: "comparison", comparison: { left: left.value, operator, right: right.value } };
  }

  #readOperand(): Node {
    const sign = this.#take("-") ? -1 : this.#take("+") ? 1 : undefined;
    if (sign !== undefined) return signed(this.#readOperand(), sign);
    if (this.#take("[")) return this.#readList("]");
    if (this.#take("(")) return this.#readParenthesis();
    const token = this.#tokens[this.#next];
    if (token === undefined) throw invalid("it ends too early");
    this.#next += 1;
    switch (token.kind) {
      case "name":
        return { kind: "operand", value: token.text, isColumn: true };
      case "value":
        return this.#withNeighbours(token.value);
      case "sign": {
        const value = CONSTANTS.get(token.text);
        if (value === undefined) throw invalid(`unexpected ${JSON.stringify(token.text)}`);
        return { kind: "operand", value, isColumn: false };
      }
    }
  }

  /** Texts side by side are one. */
  #withNeighbours(first: string | number | bigint): Node {
    let value = first;
    for (let token = this.#tokens[this.#next]; typeof value === "string"; token = this.#tokens[this.#next]) {
      if (token?.kind !== "value" || typeof token.value !== "string") break;
      value += token.value;
      this.#next += 1;
    }
    return { kind: "operand", value, isColumn: typeof value === "string" };
  }

  /** A comma makes a tuple; without one the brackets only hold something together. */
  #readParenthesis(): Node {
    if (this.#take(")")) return { kind: "operand", value: [], isColumn: false };
    const first = this.readGroup("or");
    if (this.#take(")")) return first;
    if (!this.#take(",")) throw invalid(`unexpected ${this.#shown()}`);
    const rest = this.#readList(")");
    return { ...rest, value: [valueOf(first), ...rest.value] };
  }

  #readList(end: string): { kind: "operand"; value: readonly JsonValue[]; isColumn: false } {
    const items: JsonValue[] = [];
    while (!this.#take(end)) {
      items.push(valueOf(this.#readOperand()));
      if (this.#take(",")) continue;
      if (!this.#take(end)) throw invalid(`unexpected ${this.#shown()}`);
      break;
    }
    return { kind: "operand", value: items, isColumn: false };
  }

  #takeOperator(): string | undefined {
    if (this.#take("not")) {
      if (this.#take("in")) return "not in";
      throw invalid("`not` is followed by `in`");
    }
    const token = this.#tokens[this.#next];
    if (token?.kind !== "sign" || !COMPARISONS.has(token.text)) return undefined;
    this.#next += 1;
    return token.text === "is" && this.#take("not") ? "is not" : token.text;
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#next];
    if (token?.kind !== "sign" || token.text !== text) return false;
    this.#next += 1;
    return true;
  }

  #shown(): string {
    const token = this.#tokens[this.#next];
    if (token === undefined) return "end";
    return JSON.stringify(token.kind === "value" ? String(token.value) : token.text);
  }
}

function signed(node: Node, sign: 1 | -1): Node {
  const value = valueOf(node);
  if (typeof value === "number") return { kind: "operand", value: sign * value, isColumn: false };
  if (typeof value === "bigint") return { kind: "operand", value: BigInt(sign) * value, isColumn: false };
  throw invalid("only numbers have a sign");
}

function valueOf(node: Node): JsonValue {
  if (node.kind !== "operand") throw invalid("a value was expected, not a comparison");
  return node.value;
}

function requireComparison(node: Node): PythonComparison {
  if (node.kind === "comparison") return node.comparison;
  if (node.kind === "operand") throw invalid("form something like `my_col == 123`");
  throw invalid("`and` and `or` cannot be nested");
}

function invalid(reason: string): ValueError {
  return new ValueError(`Invalid comparison: ${reason}`);
}
