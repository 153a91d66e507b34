// Python's `wandb.Api` and ours read the same project; every value must be the same, or be listed with a reason.
import { readFile } from "node:fs/promises";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PythonValue } from "../python/python-value.ts";
import { PythonClient } from "../python/run-python.ts";
import { pickString, Wire } from "../wire/wire.ts";
import { allowedDifferences } from "./allowed-differences.ts";
import { compare, type Difference } from "./compare.ts";
import { planEverything } from "./plan.ts";
import { readEverything, type Reading } from "./probes.ts";

let server: TestServer;
let python: PythonValue;
let typescript: Reading;
let differences: readonly Difference[];

beforeAll(async () => {
  server = await startTestServer();
  await using client = await PythonClient.create(server);
  await client.run("log_everything.py", { args: { project: "differential" } });
  const entity = pickString(await new Wire(server).query("{ viewer { entity } }"), "viewer", "entity");
  const plan = planEverything(entity, "differential");
  // The reader provokes errors on purpose, hence not quiet.
  python = (await client.run("read_everything.py", { args: plan, expectQuiet: false })).exact;
  typescript = await readEverything(server, plan);
  differences = compare(python, typescript);
});

afterAll(async () => {
  await server.stop();
});

it("reads the same values as Python, but for the differences that are on purpose", () => {
  const surprises = differences.filter(
    (difference) =>
      !allowedDifferences.some(
        (allowed) => allowed.path.test(difference.path) && allowed.accepts(difference),
      ),
  );
  expect(surprises.map(describe)).toEqual([]);
});

it("asks both readers the same questions, and many", () => {
  expect(count(typescript)).toBeGreaterThan(400);
});

it.each(allowedDifferences.map((allowed) => [allowed.title, allowed] as const))(
  "still differs as the reference says: %s",
  async (title, allowed) => {
    expect(
      differences.some((difference) => allowed.path.test(difference.path) && allowed.accepts(difference)),
    ).toBe(true);
    const reference = await readFile(new URL("../../docs/reference/differences.md", import.meta.url), "utf8");
    expect(reference).toContain(title);
  },
);

function describe({ path, python: theirs, typescript: ours }: Difference): string {
  return `${path}: Python ${show(theirs)}, TypeScript ${show(ours)}`;
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const text = JSON.stringify(value, (_, part: unknown) =>
    typeof part === "bigint" || (typeof part === "number" && !Number.isFinite(part)) ? String(part) : part,
  );
  return text.slice(0, 300);
}

function count(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, part: unknown) => sum + count(part), 0);
}
