/** Chooses some of many rows, evenly and always the same ones. */

/** At most `samples` of the rows at even distances, the first and the last among them; all when they are no more. */
export function sampleRows<T>(rows: readonly T[], samples: number): readonly T[] {
  if (rows.length <= samples) return rows;
  if (samples === 1) return rows.slice(0, 1);
  const distance = (rows.length - 1) / (samples - 1);
  const chosen: T[] = [];
  for (let index = 0; index < samples; index += 1) {
    const at = Math.round(index * distance);
    chosen.push(...rows.slice(at, at + 1));
  }
  return chosen;
}
