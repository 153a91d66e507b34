// Real training logs through the real path: models are trained, what they measured is logged with the real client, and
// what both clients read back, live and sealed, is compared with it exactly.
// Usage: node benchmarks/training-logs/run.ts [--runs 16] [--epochs 200]; writes last-results.json unless one is given.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { format } from "prettier";
import { PythonClient } from "../../e2e/python/run-python.ts";
import { runCommand } from "../../e2e/python/run-command.ts";
import { prepareVenv, venvPython } from "../../e2e/python/venv.ts";
import { pick, pickOptional, pickString, Wire } from "../../e2e/wire/wire.ts";
import { Api } from "../../packages/client/src/index.ts";
import { parseJson, parseJsonObject } from "../../packages/protocol/src/index.ts";
import type { JsonObject, JsonValue } from "../../packages/protocol/src/index.ts";
import { startTestServer } from "../../packages/testing/src/test-server.ts";

const { values } = parseArgs({ options: { runs: { type: "string" }, epochs: { type: "string" } } });
const runCount = Number(values.runs ?? 32);
const epochs = Number(values.epochs ?? 500);
const scikitLearn = "1.9.1";
const timeoutMs = 1_800_000;
const own = new Set(["_step", "_runtime", "_timestamp"]);

interface Curve {
  readonly id: string;
  readonly rows: readonly JsonObject[];
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function succeed(file: string, args: readonly string[], env?: Record<string, string>): Promise<string> {
  const result = await runCommand(file, args, { timeoutMs, ...(env !== undefined && { env }) });
  if (result.code !== 0) throw new Error(`${file} ${args.join(" ")}: ${result.stderr.slice(-2000)}`);
  return result.stdout;
}

/** The interpreter that has scikit-learn, installed from PyPI the first time. */
async function prepareTrainer(): Promise<string> {
  const venv = here(`.cache/scikit-learn-${scikitLearn}`);
  const python = join(venv, "bin/python");
  const isThere = await runCommand(python, ["-c", "import sklearn"]).then(
    ({ code }) => code === 0,
    () => false,
  );
  if (isThere) return python;
  await succeed(process.env["STEELYARD_TEST_PYTHON"] ?? "python3", ["-m", "venv", "--clear", venv]);
  await succeed(python, ["-m", "pip", "install", "--quiet", `scikit-learn==${scikitLearn}`]);
  return python;
}

/** How many rows differ from what was logged, by the TypeScript client. */
async function countDifferences(api: Api, curves: readonly Curve[]): Promise<number> {
  let differences = 0;
  for (const { id, rows } of curves) {
    const run = await api.run(`tester/curves/${id}`);
    const read = await run.scanHistory().toArray();
    const steps = read.map((row) => row["_step"]);
    if (!isDeepStrictEqual(steps, [...rows.keys()])) differences += 1;
    for (const [at, row] of rows.entries()) {
      const back = Object.fromEntries(Object.entries(read[at] ?? {}).filter(([key]) => !own.has(key)));
      if (isDeepStrictEqual(sorted(back), sorted(row))) continue;
      if (differences === 0) console.log(id, at, row, back);
      differences += 1;
    }
  }
  return differences;
}

/** The order of keys is the client's own affair. */
function sorted(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, item]): [string, JsonValue] => [key, sorted(item)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Waits until nothing of the runs is read live. */
async function waitForSealing(wire: Wire, curves: readonly Curve[]): Promise<void> {
  for (const { id } of curves) {
    for (;;) {
      const query = `{ project(name: "curves", entityName: "tester") { run(name: "${id}") {
        historyFiles { rowCount file { tableUrl } } } } }`;
      const parts = pick(await wire.query(query), "project", "run", "historyFiles");
      if (!Array.isArray(parts)) throw new Error("the server has no history files");
      if (parts.every((part: unknown) => pickOptional(part, "file", "tableUrl") !== undefined)) break;
      await delay(500);
    }
  }
}

const folder = await mkdtemp(join(tmpdir(), "steelyard-curves-"));
const trained = await succeed(await prepareTrainer(), [here("train.py"), String(runCount), String(epochs)]);
const file = join(folder, "curves.jsonl");
await writeFile(file, trained);
const curves = (await readFile(file, "utf8"))
  .split("\n")
  .filter((line) => line !== "")
  .map((line): Curve => {
    const curve = parseJsonObject(line);
    const rows = Array.isArray(curve["rows"]) ? curve["rows"] : [];
    return {
      id: pickString(curve, "id"),
      rows: rows.filter((row) => typeof row === "object" && row !== null),
    };
  });
const rows = curves.reduce((sum, curve) => sum + curve.rows.length, 0);
console.log(`${curves.length} runs, ${rows} rows`);

await prepareVenv("0.30.0");
// So short as these runs are, they would stay unsealed otherwise.
await using server = await startTestServer({ env: { STEELYARD_SEAL_LINES: "100" } });
await using client = await PythonClient.create(server);
const printed = await succeed(
  venvPython("0.30.0"),
  [here("log_curves.py"), file, "curves"],
  client.environment(),
);
const python = parseJson(printed.trim().split("\n").at(-1) ?? "");
const api = (): Api => new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
const live = await countDifferences(api(), curves);
await waitForSealing(new Wire(server), curves);
const sealed = await countDifferences(api(), curves);
const text = JSON.stringify({
  source: `scikit-learn ${scikitLearn} (BSD-3-Clause), its bundled data sets digits, wine, breast cancer, diabetes`,
  runs: curves.length,
  rows,
  values: curves.flatMap((curve) => curve.rows).reduce((sum, row) => sum + Object.keys(row).length, 0),
  python,
  typescript: { differencesAtOnce: live, differencesSealed: sealed },
});
console.log(text);
await rm(folder, { recursive: true });
if (values.runs === undefined && values.epochs === undefined) {
  await writeFile(here("last-results.json"), await format(text, { parser: "json", printWidth: 110 }));
}
if (live + sealed + Number(pick(python, "differences")) > 0) process.exitCode = 1;
