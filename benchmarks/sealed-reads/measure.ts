// How long sealing a long run takes, and how long reads of it take: cold (a reader that knows nothing yet) and warm.
// Usage: node benchmarks/sealed-reads/measure.ts [steps] [file for the results]
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import {
  openTemporarySealing,
  type TemporarySealing,
} from "../../packages/server/src/adapters/sqlite/temporary-sealing.ts";
import { SEAL_RULES } from "../../packages/server/src/modules/history/seal-plan.ts";
import type { HistorySpec } from "../../packages/server/src/modules/history/history-reader.ts";

const steps = Number(process.argv[2] ?? 1_000_000);
const keyCount = 20;
const run = { projectId: 1, runId: 1 };
const stream = { ...run, stream: "history" } as const;
const results: Record<string, number | string> = { steps, keys: keyCount + 3, cpu: cpus()[0]?.model ?? "" };

function lineOf(step: number): string {
  const values = [`"_step":${step}`, `"_runtime":${step / 8}`, `"_timestamp":${1.7e9 + step / 8}`];
  for (let key = 0; key < keyCount; key += 1)
    values.push(`"metric/${key}":${Math.sin(step * (key + 1)) * 10}`);
  return `{${values.join(",")}}`;
}

async function measure(name: string, act: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await act();
  results[name] = Math.round((performance.now() - start) * 100) / 100;
  console.log(`${name}: ${results[name]} ms`);
}

async function fill({ log }: TemporarySealing): Promise<void> {
  for (let offset = 0; offset < steps; offset += 2_000) {
    const count = Math.min(2_000, steps - offset);
    const lines = Array.from({ length: count }, (_, index) => lineOf(offset + index));
    await log.append([
      { ...stream, writer: "", offset, lines, steps: { min: offset, max: offset + count - 1 } },
    ]);
  }
}

const spec = (keys: readonly string[], more: Partial<HistorySpec> = {}): HistorySpec => ({
  keys,
  samples: 500,
  minStep: null,
  maxStep: null,
  mode: "all",
  ...more,
});

const folder = await mkdtemp(join(tmpdir(), "steelyard-reads-"));
const sealing = await openTemporarySealing({ rules: SEAL_RULES, maxBytes: 48 * 1024 * 1024 });
await measure("append", () => fill(sealing));
await measure("seal", async () => {
  while ((await sealing.sealer.seal(stream, () => Promise.resolve(true))) === "sealed");
});
const parts = await sealing.db
  .selectFrom("sealed_parts")
  .select((eb) => [
    eb.fn.countAll<number>().as("count"),
    eb.fn.sum<number>("table_bytes").as("table"),
    eb.fn.sum<number>("beside_bytes").as("beside"),
  ])
  .executeTakeFirstOrThrow();
results["parts"] = parts.count;
results["tableBytes"] = parts.table;
results["besideBytes"] = parts.beside;

for (const state of ["cold", "warm"]) {
  const reader = sealing.openReader();
  const ask = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    if (state === "warm") await act();
    await measure(`${name}, ${state}`, act);
  };
  await ask("keys", () => reader.keys(run));
  await ask("one key, 500 samples", () => reader.select({ ...run, specs: [spec(["_step", "metric/3"])] }));
  await ask("another key, 500 samples", () =>
    reader.select({ ...run, specs: [spec(["_step", "metric/5"])] }),
  );
  await ask("last 10 rows", () =>
    reader.rows({ ...run, minStep: steps - 10, maxStep: steps, samples: null }),
  );
  await ask("page of 1,000 rows in the middle", () =>
    reader.rows({ ...run, minStep: steps / 2, maxStep: steps / 2 + 1_000, samples: 1_000 }),
  );
  await ask("the next page", () =>
    reader.rows({ ...run, minStep: steps / 2 + 1_000, maxStep: steps / 2 + 2_000, samples: 1_000 }),
  );
  await ask("page of 1,000 rows by one key", () =>
    reader.select({
      ...run,
      specs: [spec(["_step", "metric/3"], { samples: 1_000, minStep: 1_000, maxStep: 1_999 })],
    }),
  );
  await ask("whole rows, 500 samples", () =>
    reader.rows({ ...run, minStep: null, maxStep: null, samples: 500 }),
  );
  const chart = { keys: ["metric/7"], xAxis: "_step", count: 1_000, minStep: null, maxStep: null };
  await ask("1,000 buckets of one key", () => reader.buckets({ ...run, ...chart }));
}
results["residentMb"] = Math.round(process.memoryUsage().rss / 1024 / 1024);
console.log(results);
const [, , , file] = process.argv;
if (file !== undefined) await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
await sealing.close();
await rm(folder, { recursive: true, force: true });
