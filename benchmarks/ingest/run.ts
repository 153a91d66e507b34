// How many rows a second are taken in, beside the machine's limits and three peers. Writes last-results.json unless
// --only names what to measure: batches, rows, mlflow, aim, trackio.
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { measureLibrary } from "./library-peers.ts";
import { measureLimits } from "./limits.ts";
import type { LoadPlan } from "./loaded-server.ts";
import { measureMlflow } from "./mlflow.ts";
import { peerVersions } from "./peer-venv.ts";
import { measureSteelyard } from "./steelyard.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    only: { type: "string", multiple: true },
  },
});
const seconds = Number(values.seconds);
const batches: LoadPlan = { rowsARequest: 100, keysARow: 20, connections: 32, seconds };
const rows: LoadPlan = { ...batches, rowsARequest: 1, connections: 64 };

const questions: Readonly<Record<string, () => Promise<unknown>>> = {
  batches: () => measureSteelyard(batches),
  "batches limits": () => measureLimits(batches),
  rows: () => measureSteelyard(rows),
  "rows with summaries": () => measureSteelyard({ ...rows, hasSummary: true }),
  "rows limits": () => measureLimits(rows),
  mlflow: () => measureMlflow(batches),
  "mlflow rows": () => measureMlflow(rows),
  aim: () => measureLibrary("aim", rows),
  trackio: () => measureLibrary("trackio", rows),
};

const measured: Record<string, unknown> = {};
for (const [name, measure] of Object.entries(questions)) {
  if (values.only !== undefined && !values.only.some((wanted) => name.startsWith(wanted))) continue;
  measured[name] = rounded(await measure());
  console.log(name, JSON.stringify(measured[name]));
}
if (values.only === undefined) {
  const results = {
    machine: { node: process.version, cores: availableParallelism() },
    peerVersions,
    measured,
  };
  const text = await format(JSON.stringify(results), { parser: "json", printWidth: 110 });
  await writeFile(new URL("last-results.json", import.meta.url), text);
}

function rounded(result: unknown): unknown {
  return JSON.parse(
    JSON.stringify(result, (_, value: unknown) =>
      typeof value === "number" ? Number(value.toPrecision(4)) : value,
    ),
  );
}
