import fc from "fast-check";
import { expect, it } from "vitest";
import { TextBlock } from "./text-block.ts";

const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "é", "日"), maxLength: 5 }), {
  maxLength: 12,
});

function blockOf(parts: readonly string[]): TextBlock {
  let end = 0;
  return new TextBlock(
    parts.join(""),
    Uint32Array.from(parts, (part) => (end += part.length)),
  );
}

it("gives back its texts, and knows which of them contain another", () => {
  fc.assert(
    fc.property(
      texts,
      fc.string({ unit: fc.constantFrom("a", "b", "日"), minLength: 1, maxLength: 3 }),
      (parts, part) => {
        const block = blockOf(parts);
        expect(parts.map((_, index) => block.at(index))).toEqual(parts);
        const expected = [...parts.keys()].filter((index) => parts[index]?.includes(part) === true);
        expect([...block.containing(part)]).toEqual(expected);
      },
    ),
    { numRuns: 2000 },
  );
});
