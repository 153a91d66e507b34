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

/** Maps each item and gives the results in order; while one is used, up to `ahead` further ones are under way. */
export async function* mapAhead<T, U>(
  items: readonly T[],
  ahead: number,
  map: (item: T) => Promise<U>,
): AsyncGenerator<U, void, undefined> {
  const underway: Promise<U>[] = [];
  let next = 0;
  const start = (): void => {
    const item = items[next];
    if (next >= items.length || item === undefined) return;
    next += 1;
    const result = map(item);
    // A failure is thrown when it is this result's turn; until then nobody waits for it.
    result.catch(() => undefined);
    underway.push(result);
  };
  for (let started = 0; started <= ahead; started += 1) start();
  for (let first = underway.shift(); first !== undefined; first = underway.shift()) {
    const result = await first;
    start();
    yield result;
  }
}
