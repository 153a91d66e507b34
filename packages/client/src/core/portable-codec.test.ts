import { randomBytes } from "node:crypto";
import { zstdCompressSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { createPortableCodec } from "./portable-codec.ts";

const contents: readonly (readonly [string, Uint8Array])[] = [
  ["nothing", new Uint8Array()],
  ["a few bytes", Uint8Array.of(1, 2, 3)],
  ["bytes that do not compress", randomBytes(131_072)],
  ["one byte many times", new Uint8Array(131_072).fill(7)],
  ["a block of texts", new TextEncoder().encode("loss accuracy loss 0.25 ".repeat(500))],
  ["more than a block", Uint8Array.from({ length: 1_000_003 }, (_, at) => (at * at) % 251)],
];

describe("the portable codec", () => {
  it.each(contents)("unpacks %s", async (_, content) => {
    const codec = await createPortableCodec();
    const unpacked = codec.decompress(zstdCompressSync(content), content.length);
    expect(Buffer.compare(unpacked, content)).toBe(0);
  });
});
