/** Prints a line from the values of its columns: nested objects are opened and closed as their paths say. */

/** Prints lines of one part. */
export class LinePrinter {
  readonly #paths: readonly (readonly string[])[];
  /** The last key of each path as JSON, with its colon. */
  readonly #keys: readonly string[];

  constructor(paths: readonly (readonly string[])[]) {
    this.#paths = paths;
    this.#keys = paths.map((path) => `${JSON.stringify(path.at(-1) ?? "")}:`);
  }

  /** Line `line` as a row of these columns in this order; columns that have no text for it are left out. */
  print(
    columns: readonly number[],
    line: number,
    textAt: (column: number, line: number) => string | undefined,
  ): string {
    let printed = "";
    let open: readonly string[] = [];
    for (const column of columns) {
      const text = textAt(column, line);
      if (text === undefined) continue;
      const path = this.#paths[column] ?? [];
      const comma = printed === "" ? "" : ",";
      if (path.length === 1 && open.length === 0) {
        printed += comma + (this.#keys[column] ?? "") + text;
        continue;
      }
      const shared = sharedLength(open, path);
      printed += "}".repeat(open.length - shared) + comma;
      for (const key of path.slice(shared, -1)) printed += `${JSON.stringify(key)}:{`;
      printed += (this.#keys[column] ?? "") + text;
      open = path.slice(0, -1);
    }
    return `{${printed}${"}".repeat(open.length)}}`;
  }
}

/** How many of the open objects the path is in. */
function sharedLength(open: readonly string[], path: readonly string[]): number {
  let length = 0;
  while (length < open.length && length < path.length - 1 && open[length] === path[length]) length += 1;
  return length;
}

/** A float as JSON that reads back as a float, in languages that tell them from integers too. */
export function printFloat(value: number): string {
  if (!Number.isInteger(value)) return String(value);
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value);
  return text.includes("e") ? text : `${text}.0`;
}
