/** The reader of event files for those who want the events themselves; the reader is loaded on first use. */
import { chunksOf } from "../../core/stream-chunks.ts";
import type { TensorboardEvent } from "./event-file/event.ts";
import type { DamageListener } from "./event-file/event-reader.ts";

/**
 * Reads the events of one of TensorBoard's files from its bytes, in any runtime: `file.stream()` of a page, a stream of
 * Node. A damaged place is told to the listener; what stands before it, and after it where that can be found, is read.
 */
export async function* readTensorboardEvents(
  content: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
  onDamage: DamageListener = () => undefined,
): AsyncGenerator<TensorboardEvent, void, undefined> {
  const { readEvents } = await import("./event-file/event-reader.ts");
  yield* readEvents("getReader" in content ? chunksOf(content) : content, onDamage);
}
