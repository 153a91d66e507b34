// How fast a table of many runs answers, beside SQLite's own scan of the same texts. Writes last-results.json.
// MLflow's search answers those questions that it has, at sizes up to `--mlflow` (0 for none).
// `--sizes 10000,100000` takes other sizes and writes nothing; `--folder` says where the runs are kept between calls.
import { writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { measureSize, type SizeResult } from "./measure.ts";
import { measureMlflow } from "./mlflow.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string" },
    mlflow: { type: "string", default: "100000" },
    folder: { type: "string", default: join(tmpdir(), "steelyard-runs-table") },
  },
});
const counts = (values.sizes ?? "100000,1000000").split(",").map(Number);

const sizes: SizeResult[] = [];
for (const count of counts) {
  console.log(`${count} runs`);
  const isLarge = count > 100_000;
  const repeats = isLarge
    ? { cold: 3, warm: 25, peer: 1, withoutSegments: 1 }
    : { cold: 5, warm: 40, peer: 3, withoutSegments: 8 };
  sizes.push(await measureSize(values.folder, count, repeats));
}
const mlflow: unknown[] = [];
for (const count of counts.filter((size) => size <= Number(values.mlflow))) {
  mlflow.push(await measureMlflow(count, 5));
  console.log("MLflow", JSON.stringify(mlflow.at(-1)));
}
const results = {
  machine: { node: process.version, cores: availableParallelism() },
  sizes: sizes.map(rounded),
  growthExponents: exponents(sizes),
  mlflow,
};
console.log(JSON.stringify(results.growthExponents, undefined, 2));
if (values.sizes === undefined) {
  const text = await format(JSON.stringify(results), { parser: "json", printWidth: 110 });
  await writeFile(new URL("last-results.json", import.meta.url), text);
}

/** For each question the exponent of its growth from the smaller to the larger project: 1 is linear. */
function exponents([small, large]: readonly SizeResult[]): object {
  if (small === undefined || large === undefined) return {};
  return Object.fromEntries(
    large.questions.map((question, index) => {
      const before = small.questions[index];
      const grown = (kind: "cold" | "warm" | "peer"): number => {
        const ratio = question[kind].p50 / (before?.[kind].p50 ?? NaN);
        return Math.round((100 * Math.log(ratio)) / Math.log(large.runs / small.runs)) / 100;
      };
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
