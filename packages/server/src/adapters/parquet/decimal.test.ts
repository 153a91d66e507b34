import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toDouble } from "./decimal.ts";

const digits = (count: number): fc.Arbitrary<string> =>
  fc.array(fc.nat({ max: 9 }), { minLength: count, maxLength: count }).map((all) => all.join(""));

describe("the double of a decimal", () => {
  it("is the one that the built-in parser gives, where it is told", () => {
    let told = 0;
    let asked = 0;
    const parts = fc.nat({ max: 7 }).chain((tail) => fc.tuple(digits(15), digits(tail), fc.nat({ max: 22 })));
    fc.assert(
      fc.property(parts, ([head, tail, fraction]) => {
        const found = toDouble(Number(head), tail.length, Number(tail), fraction);
        asked += 1;
        if (found === undefined) return;
        told += 1;
        expect(found).toBe(Number(`${head}${tail}e-${fraction}`));
      }),
      { numRuns: process.env["STEELYARD_LONG"] === "1" ? 2_000_000 : 20_000 },
    );
    expect(told / asked).toBeGreaterThan(0.99);
  });

  it("is the nearest for the shortest texts of random doubles and their neighbours", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-5, max: 1e6, noNaN: true }),
        fc.integer({ min: -2, max: 2 }),
        (value, away) => {
          const [whole = "", part = ""] = String(value + away * Number.EPSILON * value).split(".");
          if (part.includes("e")) return;
          const all = `${whole}${part}`.replace(/^0+/, "");
          const head = all.slice(0, 15);
          const tail = all.slice(15);
          const found = toDouble(Number(head), tail.length, Number(tail), part.length);
          if (found !== undefined) expect(found).toBe(Number(`${whole}.${part || "0"}`));
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("is left open exactly between two doubles", () => {
    // 2^53 + 1 lies between 2^53 and 2^53 + 2.
    expect([undefined, 9007199254740992]).toContain(toDouble(900719925474099, 1, 3, 0));
  });
});
