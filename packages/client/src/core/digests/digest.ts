/** Digests of content in the forms that manifests and upload headers have. */
import { bytesToBase64, bytesToHex } from "./encoding.ts";

/** What a digest is computed by. */
export type DigestAlgorithm = "MD5" | "XXH128";

/** Computes one digest from parts. */
export interface Hasher {
  /** Takes the next part. */
  update(part: Uint8Array): void;
  /** Ends and returns the digest; call it once. */
  digest(): Uint8Array;
}

/** Makes hashers; the runtime's own where it has them. */
export type HasherFactory = (algorithm: DigestAlgorithm) => Promise<Hasher>;

/** A hasher of the bundled library, for runtimes without an own one; loaded on first use. */
export async function createPortableHasher(algorithm: DigestAlgorithm): Promise<Hasher> {
  const { createMD5, createXXHash128 } = await import("hash-wasm");
  const hasher = algorithm === "MD5" ? await createMD5() : await createXXHash128();
  hasher.init();
  return {
    update: (part) => {
      hasher.update(part);
    },
    digest: () => hasher.digest("binary"),
  };
}

/** The digest of a text in hexadecimal, by UTF-8. */
export async function hexDigestOfText(
  text: string,
  algorithm: DigestAlgorithm,
  createHasher: HasherFactory,
): Promise<string> {
  const hasher = await createHasher(algorithm);
  hasher.update(new TextEncoder().encode(text));
  return bytesToHex(hasher.digest());
}

/** The digest of bytes in base64. */
export async function base64Digest(
  bytes: Uint8Array,
  algorithm: DigestAlgorithm,
  createHasher: HasherFactory,
): Promise<string> {
  const hasher = await createHasher(algorithm);
  hasher.update(bytes);
  return bytesToBase64(hasher.digest());
}

/** The digest of content as it comes, in base64. */
export async function base64DigestOfStream(
  content: AsyncIterable<Uint8Array>,
  algorithm: DigestAlgorithm,
  createHasher: HasherFactory,
): Promise<string> {
  const hasher = await createHasher(algorithm);
  for await (const part of content) hasher.update(part);
  return bytesToBase64(hasher.digest());
}
