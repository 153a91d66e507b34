import { expect, it } from "vitest";
import { validateFilePath } from "./file-path.ts";

it.each([
  "output.log",
  "media/images/a b_%3F#é.png",
  "test with_special-characters.txt",
  "...",
  ".hidden/..x",
  "x".repeat(1_024),
])("takes %j", (path) => {
  expect(validateFilePath(path)).toBe(path);
});

it.each([
  "",
  "/etc/passwd",
  "..",
  "a/../b",
  "./a",
  "a//b",
  "a/",
  "a\\..\\b",
  "a\u0000b",
  "a\nb",
  "\udfff",
  "x".repeat(1_025),
])("refuses %j", (path) => {
  expect(() => validateFilePath(path)).toThrow("Invalid file path");
});
