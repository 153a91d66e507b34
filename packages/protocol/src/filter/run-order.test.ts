import { expect, it } from "vitest";
import type { JsonValue } from "../json/value.ts";
import { parseOrder } from "./order.ts";
import type { RunDocument } from "./run-document.ts";
import { compileRunOrder } from "./run-order.ts";

const base: RunDocument = {
  id: 0,
  name: "r",
  displayName: null,
  state: "running",
  config: {},
  summary: {},
  tags: [],
  group: null,
  jobType: null,
  host: null,
  username: null,
  entity: "e",
  project: "p",
  sweep: null,
  createdAt: "2026-11-20T23:40:00.000Z",
  updatedAt: null,
  heartbeatAt: null,
  durationSeconds: null,
  notes: null,
  description: null,
  commit: null,
};

function sorted(order: string, runs: readonly RunDocument[]): number[] {
  const { values, compare } = compileRunOrder(parseOrder(order, ""));
  return runs.toSorted((a, b) => compare(values(a), values(b)) || a.id - b.id).map(({ id }) => id);
}

const byLoss = (losses: readonly (JsonValue | undefined)[]): RunDocument[] =>
  losses.map((loss, id) => ({ ...base, id, summary: loss === undefined ? {} : { loss } }));

it("puts absent and null last and NaN behind the other numbers, in both directions", () => {
  const runs = byLoss([null, 2, undefined, NaN, -1, Infinity, 2n ** 60n, -Infinity]);
  expect(sorted("summary_metrics.loss", runs)).toStrictEqual([7, 4, 1, 6, 5, 3, 0, 2]);
  expect(sorted("-summary_metrics.loss", runs)).toStrictEqual([5, 6, 1, 4, 7, 3, 0, 2]);
});

it("keeps classes apart: booleans, numbers, texts, then lists and objects", () => {
  const runs = byLoss([[1], "a", 1, true, "", { a: 1 }, false, []]);
  expect(sorted("+summary_metrics.loss", runs)).toStrictEqual([6, 3, 2, 4, 1, 0, 7, 5]);
  expect(sorted("-summary_metrics.loss", runs)).toStrictEqual([5, 7, 0, 1, 4, 2, 3, 6]);
});

it("uses later keys where earlier ones are equal, and leaves the rest to the id", () => {
  const runs = [
    { ...base, id: 1, state: "running", config: { lr: { value: 2 } } },
    { ...base, id: 2, state: "finished", config: { lr: { value: 1 } } },
    { ...base, id: 3, state: "running", config: { lr: { value: 1 } } },
    { ...base, id: 4, state: "running", config: { lr: { value: 1 } } },
  ];
  expect(sorted("-state,config.lr", runs)).toStrictEqual([3, 4, 1, 2]);
  expect(sorted("config.lr.value,-state", runs)).toStrictEqual([3, 4, 2, 1]);
});

it("orders runs without tags after those with", () => {
  expect(
    sorted("tags", [base, { ...base, id: 1, tags: ["b"] }, { ...base, id: 2, tags: ["a", "c"] }]),
  ).toStrictEqual([2, 1, 0]);
});

it("keeps the values that a cursor would carry short", () => {
  const { values } = compileRunOrder(parseOrder("summary_metrics.loss", ""));
  const [text] = values({ ...base, summary: { loss: "x".repeat(100_000) } });
  expect(text).toHaveLength(1_000);
});

it("refuses unknown fields by name", () => {
  expect(() => compileRunOrder(parseOrder("-foo.bar", ""))).toThrow('Unknown run field "foo.bar"');
});
