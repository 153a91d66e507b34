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
  #splits: readonly Split[] | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Every way to cut the path at a dot, longest head first; made on first use, as most values never need them. */
  get splits(): readonly Split[] {
    this.#splits ??= splitAtDots(this.text);
    return this.#splits;
  }

  /**
   * The value at this path, or `undefined` when there is none. List items are reached by their index.
   */
  read(root: JsonValue): JsonValue | undefined {
    if (isJsonObject(root)) {
      if (Object.hasOwn(root, this.text)) return root[this.text];
      for (const { head, rest } of this.splits) {
        const inner = Object.hasOwn(root, head) ? root[head] : undefined;
        const found = inner === undefined ? undefined : rest.read(inner);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    return isJsonArray(root) ? this.#readItem(root) : undefined;
  }

  #readItem(items: readonly JsonValue[]): JsonValue | undefined {
    const first = this.splits.at(-1);
    const index = first?.head ?? this.text;
    const item = INDEX.test(index) ? items[Number(index)] : undefined;
    return item === undefined || first === undefined ? item : first.rest.read(item);
  }
}

function splitAtDots(text: string): readonly Split[] {
  const splits: Split[] = [];
  let rest: KeyPath | undefined;
  for (let dot = text.lastIndexOf("."); dot !== -1; dot = dot === 0 ? -1 : text.lastIndexOf(".", dot - 1)) {
    rest = new KeyPath(text.slice(dot + 1));
    splits.push({ head: text.slice(0, dot), rest });
  }
  return splits;
}
