import { expect, test } from "vitest";
import { compileRe2 } from "./regex.ts";

test("a pattern is searched for, not matched whole", () => {
  const search = compileRe2("b+c");
  expect(search("abbcd")).toBe(true);
  expect(search("abd")).toBe(false);
});

test("anchors, classes, inline flags and other scripts work", () => {
  expect(compileRe2("^foo.*")("foobar")).toBe(true);
  expect(compileRe2("^foo.*")("a foo")).toBe(false);
  expect(compileRe2("(?i:LOSS$)")("val_loss")).toBe(true);
  expect(compileRe2(String.raw`\d{2}[[:alpha:]]`)("x42y")).toBe(true);
  expect(compileRe2("日.語")("日本語")).toBe(true);
  expect(compileRe2("")("")).toBe(true);
});

test("a bad pattern is named, with what is wrong with it", () => {
  for (const pattern of ["a(", "[z-a]", "a**", String.raw`(a)\1`, "a{1001}", "(?P<n>a)(?=b)"]) {
    expect(() => compileRe2(pattern)).toThrow(JSON.stringify(pattern));
  }
  expect(() => compileRe2("a(")).toThrow(expect.objectContaining({ code: "invalid_argument" }));
});

test("a pattern that makes backtracking engines hang for ever is answered", () => {
  const search = compileRe2("^(a+)+$");
  expect(search(`${"a".repeat(50_000)}b`)).toBe(false);
});
