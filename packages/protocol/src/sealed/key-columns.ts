/** Flattened keys: which columns a dotted name means, and which of them goes first where a line has several. */

/** The name that a path has when it is flattened. */
export function flattenedKey(path: readonly string[]): string {
  return path.join(".");
}

/** The columns of each flattened key, the one that goes first in front. */
export function columnsByKey(
  columns: readonly { readonly path: readonly string[] }[],
): ReadonlyMap<string, readonly number[]> {
  const byKey = new Map<string, number[]>();
  for (const [column, { path }] of columns.entries()) {
    const key = flattenedKey(path);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [column]);
    else known.push(column);
  }
  for (const rivals of byKey.values()) {
    if (rivals.length > 1)
      rivals.sort((a, b) => comparePaths(columns[a]?.path ?? [], columns[b]?.path ?? []));
  }
  return byKey;
}

/** Of two paths with one flattened key: the exact key goes first, then the shorter outer key. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (const [depth, key] of a.entries()) {
    const other = b[depth] ?? "";
    if (key === other) continue;
    if (depth === a.length - 1) return -1;
    return depth === b.length - 1 ? 1 : key.length - other.length;
  }
  return 0;
}
