/** Doing many things at once, but not too many. */

/** Maps each item, at most `limit` at a time; results keep the order. The first failure ends the rest. */
export async function mapConcurrently<T, U>(
  items: readonly T[],
  limit: number,
  map: (item: T, index: number) => Promise<U>,
): Promise<U[]> {
  const results: U[] = [];
  const queue = items.entries();
  let isFailed = false;
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (isFailed) return;
      try {
        results[index] = await map(item, index);
      } catch (error) {
        isFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
