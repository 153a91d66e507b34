/** Reads a stream chunk by chunk in runtimes whose streams cannot be walked with `for await` yet. */

/** The chunks of a stream; leaving the loop early cancels it. */
export async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let isComplete = false;
  try {
    for (;;) {
      const part = await reader.read();
      isComplete = part.done;
      if (part.done) return;
      yield part.value;
    }
  } finally {
    if (!isComplete) await reader.cancel();
    reader.releaseLock();
  }
}
