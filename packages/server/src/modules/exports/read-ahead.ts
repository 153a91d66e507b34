/** Asks for the next element while the one before is being used: one is ahead, never more. */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const result: IteratorResult<T, unknown> = await next;
      if (result.done === true) return;
      next = iterator.next();
      // Its failure is told when it is waited for; if it never is, nobody wants to know any more.
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    await iterator.return?.();
  }
}
