import fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, it } from "vitest";
import { createLiteralSearch, findRequiredText, parseLiteralPattern } from "./literal-pattern.ts";
import { compileRe2 } from "./regex.ts";

const pieces = ["a", "b", "ab", ".*", ".*", "^", "$", String.raw`\.`, ".", "\\$", "é", "😀", "-", "/", "\n"];
const others = [
  "|",
  "(a|b)",
  "[ab]",
  "a*",
  "b?",
  "a+",
  "a{0,2}",
  "(?i)",
  "\\d",
  "\\Qa\\E",
  "(",
  "\ud83d",
  "\\n",
];
const texts = fc
  .array(fc.constantFrom("a", "b", ".", "$", "\n", "A", "é", "😀", "\ud83d", "\ude00", "-", "/"), {
    maxLength: 8,
  })
  .map((parts) => parts.join(""));
const patterns = fc
  .array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...pieces) }, fc.constantFrom(...others)), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

/** The engine itself; undefined when it refuses the pattern. */
function compileWithEngine(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}

it("finds what the engine finds, in every text", () => {
  let simpleCount = 0;
  fc.assert(
    fc.property(patterns, fc.array(texts, { minLength: 5, maxLength: 20 }), (pattern, tried) => {
      const engine = compileWithEngine(pattern);
      const simple = parseLiteralPattern(pattern);
      if (simple !== undefined) simpleCount += 1;
      if (engine === undefined) {
        expect(simple).toBeUndefined();
        expect(() => compileRe2(pattern)).toThrow("is not RE2 syntax");
        return;
      }
      const search = compileRe2(pattern);
      const required = findRequiredText(pattern);
      for (const text of tried) {
        const isFound = engine.test(text);
        expect(search(text)).toBe(isFound);
        if (isFound && required !== undefined) expect(text).toContain(required);
      }
    }),
    { numRuns: 5000 },
  );
  expect(simpleCount).toBeGreaterThan(500);
});

it("knows which text a pattern cannot do without", () => {
  expect(findRequiredText("^jade-.*7$")).toBe("jade-");
  expect(findRequiredText("a.*long.*b")).toBe("long");
  expect(findRequiredText("ab*")).toBe("a");
  expect(findRequiredText("ab+[0-9]")).toBe("ab");
  expect(findRequiredText(String.raw`^v1\.\d`)).toBe("v1.");
  for (const pattern of ["", "^$", "a*", "ab|cd", "(?i)ab", "(ab)", "[ab]c", ".*"]) {
    expect(findRequiredText(pattern)).toBeUndefined();
  }
});

it("takes apart texts and gaps, and nothing else", () => {
  expect(parseLiteralPattern(String.raw`^a\.b.*c$`)).toEqual({
    parts: ["a.b", "c"],
    isAtStart: true,
    isAtEnd: true,
    hasGaps: true,
  });
  for (const pattern of ["a.b", "a+", "(a)", "a|b", "[a]", "^^a", "a$b", "\\d", "a{2}", ".*?", "😀"]) {
    expect(parseLiteralPattern(pattern)).toBeUndefined();
  }
  const search = createLiteralSearch({
    parts: ["aba", "aba"],
    isAtStart: true,
    isAtEnd: true,
    hasGaps: true,
  });
  expect(search("ababa")).toBe(false);
  expect(search("abaaba")).toBe(true);
});
