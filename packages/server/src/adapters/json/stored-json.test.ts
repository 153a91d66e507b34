import { expect, test } from "vitest";
import { isStoredList, isStoredNumber, isStoredObject, isStoredText, parseStored } from "./stored-json.ts";

const isTexts = (value: unknown): value is readonly string[] => isStoredList(value, isStoredText);

test("what was stored in the form asked for is given back", () => {
  expect(parseStored('["a","b"]', isTexts)).toEqual(["a", "b"]);
  expect(parseStored("[]", isTexts)).toEqual([]);
  expect(parseStored('{"a":1}', isStoredObject)).toEqual({ a: 1 });
  expect(parseStored("1.5", isStoredNumber)).toBe(1.5);
});

test.each([
  ['["a",1]', isTexts],
  ['{"0":"a"}', isTexts],
  ["[]", isStoredObject],
  ["null", isStoredObject],
  ['"1"', isStoredNumber],
])("%s is refused where it is of another form", (text, isValue: (value: unknown) => value is unknown) => {
  expect(() => parseStored(text, isValue)).toThrow(expect.objectContaining({ code: "internal" }));
});
