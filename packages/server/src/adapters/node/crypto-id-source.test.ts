import { expect, test } from "vitest";
import { CryptoIdSource } from "./crypto-id-source.ts";

const ids = new CryptoIdSource();

test("gives as many bytes as were asked for, however many", () => {
  expect([1, 8, 24, 4096, 5000, 7].map((size) => ids.hex(size).length)).toEqual([
    2, 16, 48, 8192, 10_000, 14,
  ]);
});

test("never gives the same bytes twice, and no byte that was taken already", () => {
  const texts = Array.from({ length: 5000 }, () => ids.hex(8));
  expect(new Set(texts).size).toBe(texts.length);
  // Sixteen zeros come once in 2 ** 64 times.
  expect(texts).not.toContain("0".repeat(16));
});
