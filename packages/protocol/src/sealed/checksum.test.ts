import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { crc32, crc32c } from "./checksum.ts";

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff);

describe("checksums", () => {
  it("computes CRC-32 as zlib does, for lengths around the eight bytes of a turn", () => {
    for (const length of [0, 1, 7, 8, 9, 1000]) {
      expect(crc32(bytes(length))).toBe(zlibCrc32(bytes(length)));
    }
  });

  it("computes CRC-32C as RFC 3720 gives it", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  });
});
