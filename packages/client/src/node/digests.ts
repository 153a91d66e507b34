/** Digests by the runtime's own library, which is several times faster than the portable one. */
import { createHash } from "node:crypto";

import { createPortableHasher } from "../core/digests/digest.ts";
import type { DigestAlgorithm, Hasher } from "../core/digests/digest.ts";

/** A hasher: MD5 by `node:crypto`, XXH128, which it does not have, by the portable library. */
export function createNodeHasher(algorithm: DigestAlgorithm): Promise<Hasher> {
  return algorithm === "MD5" ? Promise.resolve(createHash("md5")) : createPortableHasher(algorithm);
}
