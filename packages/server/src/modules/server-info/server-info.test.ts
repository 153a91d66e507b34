import { SERVER_FEATURES } from "@steelyard/protocol";
import { expect, it } from "vitest";
import { listFeatures } from "./features.ts";

it("names every feature that clients know, once, and our own", () => {
  const names = listFeatures().map((feature) => feature.name);
  expect(new Set(names).size).toBe(names.length);
  for (const feature of SERVER_FEATURES) expect(names).toContain(feature);
  expect(names).toContain("STEELYARD_HISTORY_UNION");
});
