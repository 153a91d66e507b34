/** Builds rows as values from the columns of a part, without texts in between: what `parseJson` of the line would give. */
import { setOwn } from "../json/value.ts";
import type { JsonObject, JsonValue } from "../json/value.ts";

/** Builds rows of one part. */
export class RowBuilder {
  readonly #paths: readonly (readonly string[])[];

  constructor(paths: readonly (readonly string[])[]) {
    this.#paths = paths;
  }

  /** Line `line` as a row of these columns in this order; columns that have no value for it are left out. */
  build(
    columns: readonly number[],
    line: number,
    valueAt: (column: number, line: number) => JsonValue | undefined,
  ): JsonObject {
    const row = newObject();
    for (const column of columns) {
      const value = valueAt(column, line);
      if (value === undefined) continue;
      const path = this.#paths[column] ?? [];
      setOwn(path.length === 1 ? row.members : openObject(row, path), path.at(-1) ?? "", value);
    }
    return row.members;
  }
}

/** An object that is being built, and the objects in it. */
interface OpenObject {
  readonly members: Record<string, JsonValue>;
  readonly inner: Map<string, OpenObject>;
}

function newObject(): OpenObject {
  return { members: {}, inner: new Map() };
}

/** The object that holds a path's last key; objects on the way are made as they are met first. */
function openObject(row: OpenObject, path: readonly string[]): Record<string, JsonValue> {
  let object = row;
  for (const key of path.slice(0, -1)) {
    let inner = object.inner.get(key);
    if (inner === undefined) {
      inner = newObject();
      object.inner.set(key, inner);
      setOwn(object.members, key, inner.members);
    }
    object = inner;
  }
  return object.members;
}
