/**
 * Keys of sealed lines as columns, where columns tell all about them: a key that names an object, or something within a
 * value that is not opened, is read from the lines.
 */
import { parseJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type { PartColumn, PartReader } from "./part-reader.ts";
import type { StoredPart } from "./sealed-part-store.ts";

/** The columns of keys, in the order of the keys; undefined when the lines must be read instead. */
export async function loadColumns(
  parts: PartReader,
  part: StoredPart,
  keys: readonly string[],
): Promise<readonly PartColumn[] | undefined> {
  const names = namesOf(await parts.keys(part));
  if (!keys.every((key) => names.isLeaf(key))) return undefined;
  return Promise.all(keys.map((key) => parts.column(part, key)));
}

/** The value of a line, by its number in the part; undefined where there is none. */
export function valueAt({ isPresent, values }: PartColumn, line: number): JsonValue | undefined {
  if (isPresent[line] !== 1) return undefined;
  const value = values[line];
  return typeof value === "string" ? parseJson(value) : value;
}

/** Names of a part's keys. */
class KeyNames {
  readonly #keys: ReadonlySet<string>;
  readonly #outer: ReadonlySet<string>;

  constructor(keys: readonly string[]) {
    this.#keys = new Set(keys);
    this.#outer = new Set(keys.flatMap(outerNames));
  }

  /** Whether a key names values that columns hold whole, or nothing. */
  isLeaf(key: string): boolean {
    return !this.#outer.has(key) && !outerNames(key).some((outer) => this.#keys.has(outer));
  }
}

/** By the list that an open part has. */
const known: WeakMap<readonly string[], KeyNames> = new WeakMap();

function namesOf(keys: readonly string[]): KeyNames {
  let names = known.get(keys);
  if (names === undefined) {
    names = new KeyNames(keys);
    known.set(keys, names);
  }
  return names;
}

/** The names of the objects that a key may lie in. */
function outerNames(key: string): readonly string[] {
  const names: string[] = [];
  for (let dot = key.indexOf("."); dot !== -1; dot = key.indexOf(".", dot + 1)) names.push(key.slice(0, dot));
  return names;
}
