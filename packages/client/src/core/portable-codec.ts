/** Unpacks history files in runtimes without Zstandard of their own, by the bundled library; loaded on first use. */
import type { SealedCodec } from "@steelyard/protocol";

/** A codec in plain JavaScript, a few times slower than a native one. */
export async function createPortableCodec(): Promise<SealedCodec> {
  const { decompress } = await import("fzstd");
  // Frames say how large their content is. Handed a buffer for it, the library takes eight times as long: it compares
  // the buffer with a number, for which it is printed as text.
  return { decompress: (bytes) => decompress(bytes) };
}
