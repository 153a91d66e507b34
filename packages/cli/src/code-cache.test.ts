import { expect, test } from "vitest";
import { codeCacheFolder } from "./code-cache.ts";

test("compiled code is kept beside the packages unless the operator chose a place", () => {
  expect(codeCacheFolder({ NODE_COMPILE_CACHE: "/somewhere/else" })).toBe("/somewhere/else");
  expect(codeCacheFolder({})).toMatch(/[\\/]\.cache[\\/]steelyard[\\/]$/);
});
