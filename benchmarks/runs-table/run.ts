// How fast a table of many runs answers, beside SQLite's own scan of the same texts. Writes last-results.json.
// `--full` takes 1,000,000 runs instead of 100,000; `--runs N` any other number, and writes nothing.
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { measureSize, type SizeResult } from "./measure.ts";
import { storeRuns } from "./stored-runs.ts";

const { values } = parseArgs({
  options: { full: { type: "boolean", default: false }, runs: { type: "string" } },
});
const largest = values.runs === undefined ? (values.full ? 1_000_000 : 100_000) : Number(values.runs);

const sizes: SizeResult[] = [];
for (const count of [largest / 10, largest]) {
  console.log(`${count} runs`);
  const stored = await storeRuns(count);
  console.log(`  written in ${stored.loadSeconds.toFixed(0)} s`);
  sizes.push(await measureSize(stored, { cold: count > 100_000 ? 1 : 3, warm: 40 }));
  await stored.close();
}
const results = {
  machine: { node: process.version, cores: availableParallelism() },
  sizes: sizes.map(rounded),
  growthExponents: exponents(sizes),
};
console.log(JSON.stringify(results.growthExponents, undefined, 2));
if (values.runs === undefined) {
  const name = values.full ? "last-results-full.json" : "last-results.json";
  const text = await format(JSON.stringify(results), { parser: "json", printWidth: 110 });
  await writeFile(new URL(name, import.meta.url), text);
}

/** For each question the exponent of its growth from the smaller to the ten times larger project: 1 is linear. */
function exponents([small, large]: readonly SizeResult[]): object {
  return Object.fromEntries(
    (large?.questions ?? []).map((question, index) => {
      const before = small?.questions[index];
      const grown = (kind: "cold" | "warm" | "peer"): number =>
        Math.round(100 * Math.log10(question[kind].p50 / (before?.[kind].p50 ?? NaN))) / 100;
      return [question.title, { cold: grown("cold"), warm: grown("warm"), peer: grown("peer") }];
    }),
  );
}

function rounded(size: SizeResult): unknown {
  return JSON.parse(
    JSON.stringify(size, (_, value: unknown) =>
      typeof value === "number" ? Number(value.toFixed(2)) : value,
    ),
  );
}
