import { getCompileCacheDir } from "node:module";
import { expect, test } from "vitest";
import { enableCodeCache } from "./code-cache.ts";

test("keeps compiled code beside the packages unless the operator chose a place", () => {
  const chosen = { NODE_COMPILE_CACHE: "/nowhere/that/can/be/written" };
  enableCodeCache(chosen);
  expect(chosen.NODE_COMPILE_CACHE).toBe("/nowhere/that/can/be/written");
  const env: Record<string, string | undefined> = {};
  enableCodeCache(env);
  expect(env["NODE_COMPILE_CACHE"]).toMatch(/\.cache.steelyard.?$/);
  expect(getCompileCacheDir()).toContain("steelyard");
});
