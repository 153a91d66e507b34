/** Unpacks history files in runtimes without Zstandard of their own, by the bundled library; loaded on first use. */
import type { SealedCodec } from "@steelyard/protocol";

/** A codec in plain JavaScript, about twenty times slower than a native one. */
export async function createPortableCodec(): Promise<SealedCodec> {
  const { decompress } = await import("fzstd");
  return { decompress: (bytes, size) => decompress(bytes, new Uint8Array(size)) };
}
