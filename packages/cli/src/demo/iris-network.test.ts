import { expect, test } from "vitest";
import { train } from "./iris-network.ts";

const settings = { learningRate: 0.1, hiddenUnits: 8, momentum: 0.9, batchSize: 16, epochs: 40, seed: 1 };

test("learns to tell the flowers it was not shown", () => {
  const results = [...train(settings)];
  const [first, last] = [results.at(0), results.at(-1)];
  expect(results).toHaveLength(40);
  expect(last?.heldBackAccuracy).toBeGreaterThan(0.9);
  expect(last?.loss).toBeLessThan((first?.loss ?? 0) / 2);
});

test("gives the same numbers for the same settings", () => {
  expect([...train(settings)]).toEqual([...train(settings)]);
});

test("gives other numbers for another learning rate", () => {
  expect([...train(settings)].at(-1)).not.toEqual([...train({ ...settings, learningRate: 0.001 })].at(-1));
});
