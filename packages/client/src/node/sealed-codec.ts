/** Unpacks history files by the runtime's own library, where it has Zstandard. */
import zlib from "node:zlib";

import type { SealedCodec } from "@steelyard/protocol";

import { createPortableCodec } from "../core/portable-codec.ts";

/** A native codec from Node 22.15 on, otherwise the portable one. */
export function createNodeCodec(): Promise<SealedCodec> {
  // The types say that they are always there.
  if (!Reflect.has(zlib, "zstdDecompressSync") || !Reflect.has(zlib, "crc32")) return createPortableCodec();
  return Promise.resolve({
    decompress: (bytes: Uint8Array, size: number) =>
      zlib.zstdDecompressSync(bytes, { chunkSize: Math.max(64, size), maxOutputLength: Math.max(1, size) }),
    checksum: (bytes: Uint8Array) => zlib.crc32(bytes),
  });
}
