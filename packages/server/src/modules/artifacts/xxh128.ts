/** XXH128, the fast digest that newer clients may choose for large files. */
import type { IHasher } from "hash-wasm";

/** The XXH128 of bytes that come in chunks, in base64. */
export async function xxh128Of(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = await createHash();
  for await (const chunk of chunks) hash.update(chunk);
  return Buffer.from(hash.digest("binary")).toString("base64");
}

/** The XXH128 of texts, one after the other, in hexadecimal. */
export async function xxh128OfTexts(texts: Iterable<string>): Promise<string> {
  const hash = await createHash();
  for (const text of texts) hash.update(text);
  return hash.digest("hex");
}

/** Loaded here, because few clients ever ask for it. */
async function createHash(): Promise<IHasher> {
  const { createXXHash128 } = await import("hash-wasm");
  return (await createXXHash128()).init();
}
