/** Turns parts that come one after the other into a stream that is read from no faster than it is taken. */

/** A stream of the parts; cancelling it ends their source. */
export function byteStream(
  parts: AsyncGenerator<Uint8Array, unknown, undefined>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const part = await parts.next();
        if (part.done === true) controller.close();
        else controller.enqueue(part.value);
      },
      cancel: async () => {
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
