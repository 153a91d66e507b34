import { describe, expect, it } from "vitest";
import { joinDoubles, splitDoubles } from "./page-doubles.ts";
import { SealedPartError } from "./sealed-part-error.ts";

const special = [0, -0, NaN, Infinity, -Infinity, 5e-324, -1.7976931348623157e308, 1 / 3, -0.1, 2 ** 53];

function doubles(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, at) => special[at % special.length] ?? Math.sin(at));
}

function bitsOf(values: Float64Array): BigUint64Array {
  return new BigUint64Array(values.buffer, values.byteOffset, values.length);
}

describe("doubles with their bytes split", () => {
  it.each([0, 1, 3, 4, 8, 1_000, 1_001, 1_002, 1_003])("are %i doubles again, bit by bit", (count) => {
    const values = doubles(count);
    const target = new Float64Array(count);
    joinDoubles(splitDoubles(values), count, target, 0);
    expect(bitsOf(target)).toEqual(bitsOf(values));
  });

  it.each([1, 2, 3, 5])("may begin at byte %i of what they came in", (offset) => {
    const values = doubles(12);
    // Node's buffers, which platforms unpack into, slice without a copy.
    const page = Buffer.alloc(offset + 96);
    page.set(splitDoubles(values), offset);
    const target = new Float64Array(12);
    joinDoubles(page.subarray(offset), 12, target, 0);
    expect(bitsOf(target)).toEqual(bitsOf(values));
  });

  it("are written from a place on, and nowhere else", () => {
    const target = new Float64Array(10).fill(7);
    joinDoubles(splitDoubles(doubles(4)), 4, target, 3);
    expect([...target]).toEqual([7, 7, 7, 0, -0, NaN, Infinity, 7, 7, 7]);
  });

  it("are damaged when bytes are missing", () => {
    expect(() => joinDoubles(new Uint8Array(15), 2, new Float64Array(2), 0)).toThrow(SealedPartError);
  });
});
