/**
 * Reads a value by a dotted path from JSON in which keys may themselves hold dots. At every level the longest key that
 * matches wins, so that a key `a.b` is found before `b` inside `a`.
 */
import { isJsonArray, isJsonObject } from "../json/value.ts";
import type { JsonValue } from "../json/value.ts";

interface Split {
  /** The text before a dot. */
  readonly head: string;
  /** What follows that dot. */
  readonly rest: KeyPath;
}

const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/** A compiled path. Create one per field, not per value. */
export class KeyPath {
  /** The whole path as written. */
  readonly text: string;
  /** The ends of one path, shared among its parts, so that there is one per dot however values nest. */
  readonly #ends: Map<string, KeyPath>;
  #splits: readonly Split[] | undefined;

  constructor(text: string, ends: Map<string, KeyPath> = new Map()) {
    this.text = text;
    this.#ends = ends;
  }

  /** Every way to cut the path at a dot, longest head first; made on first use, as most values never need them. */
  get splits(): readonly Split[] {
    this.#splits ??= this.#splitAtDots();
    return this.#splits;
  }

  /** The value at this path, or `undefined` when there is none. List items are reached by their index. */
  read(root: JsonValue): JsonValue | undefined {
    if (isJsonArray(root)) return this.#readItem(root);
    if (!isJsonObject(root)) return undefined;
    if (Object.hasOwn(root, this.text)) return root[this.text];
    for (const { head, rest } of this.splits) {
      const inner = Object.hasOwn(root, head) ? root[head] : undefined;
      const found = inner === undefined ? undefined : rest.read(inner);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #readItem(items: readonly JsonValue[]): JsonValue | undefined {
    const first = this.splits.at(-1);
    const index = first?.head ?? this.text;
    const item = INDEX.test(index) ? items[Number(index)] : undefined;
    return item === undefined || first === undefined ? item : first.rest.read(item);
  }

  #splitAtDots(): readonly Split[] {
    const parts = this.text.split(".");
    const splits = parts.slice(1).map((_, index) => ({
      head: parts.slice(0, index + 1).join("."),
      rest: this.#end(parts.slice(index + 1).join(".")),
    }));
    return splits.reverse();
  }

  #end(text: string): KeyPath {
    const known = this.#ends.get(text);
    if (known !== undefined) return known;
    const end = new KeyPath(text, this.#ends);
    this.#ends.set(text, end);
    return end;
  }
}
