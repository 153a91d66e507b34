// How long the real client takes to log 100 runs at the same time into our server, beside the same script offline.
// Writes last-results.json unless --runs or --steps is given.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { runCommand } from "../../e2e/python/run-command.ts";
import { clientVersions, prepareVenv, venvPython } from "../../e2e/python/venv.ts";
import { pick, Wire } from "../../e2e/wire/wire.ts";
import { startTestServer } from "../../packages/testing/src/test-server.ts";
import { cpuSeconds, residentMebibytes } from "../ingest/process-usage.ts";

const { values } = parseArgs({ options: { runs: { type: "string" }, steps: { type: "string" } } });
const plan = { runs: Number(values.runs ?? 100), steps: Number(values.steps ?? 500), keysARow: 20 };
const [version] = clientVersions;
const program = fileURLToPath(new URL("log_runs.py", import.meta.url));
const timeoutMs = 1_800_000;

/** Runs the script with some variables; returns what it measured. Throws with the client's words when it fails. */
async function logRuns(env: Readonly<Record<string, string>>): Promise<unknown> {
  const home = await mkdtemp(join(tmpdir(), "steelyard-concurrent-"));
  const args = [program, String(plan.runs), String(plan.steps), String(plan.keysARow)];
  const result = await runCommand(venvPython(version), args, {
    cwd: home,
    env: { PATH: process.env["PATH"] ?? "", HOME: home, WANDB_SILENT: "true", ...env },
    timeoutMs,
  });
  await rm(home, { recursive: true, force: true });
  if (result.code !== 0) throw new Error(`the client failed: ${result.stderr.slice(-2000)}`);
  return JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "");
}

/** Every row of every run must be stored, else the time means nothing. */
async function requireRows(wire: Wire, entity: string): Promise<void> {
  const data = await wire.query(
    `query Rows($entity: String!) { project(name: "concurrent", entityName: $entity) {
      runs(first: 1000) { edges { node { state historyLineCount } } } } }`,
    { entity },
  );
  const edges = pick(data, "project", "runs", "edges");
  const nodes = Array.isArray(edges) ? edges.map((edge: unknown) => pick(edge, "node")) : [];
  const whole = nodes.filter(
    (node) => pick(node, "historyLineCount") === plan.steps && pick(node, "state") === "finished",
  );
  if (whole.length !== plan.runs) throw new Error(`${whole.length} of ${plan.runs} runs are whole`);
}

await prepareVenv(version);
const offline = await logRuns({ WANDB_MODE: "offline" });
await using server = await startTestServer();
const before = await cpuSeconds(server.pid);
const online = await logRuns({ WANDB_BASE_URL: server.url, WANDB_API_KEY: server.apiKey });
const serverCpuSeconds = (await cpuSeconds(server.pid)) - before;
const resident = await residentMebibytes(server.pid);
await requireRows(new Wire(server), "tester");
const ratio = Number(pick(online, "totalSeconds")) / Number(pick(offline, "totalSeconds"));
const results = {
  machine: { node: process.version, cores: availableParallelism() },
  client: version,
  plan,
  offline,
  online,
  onlineToOffline: ratio,
  server: { cpuSeconds: serverCpuSeconds, residentMebibytes: resident },
};
const text = JSON.stringify(results, (_, value: unknown) =>
  typeof value === "number" ? Number(value.toPrecision(4)) : value,
);
console.log(text);
if (values.runs === undefined && values.steps === undefined) {
  const formatted = await format(text, { parser: "json", printWidth: 110 });
  await writeFile(new URL("last-results.json", import.meta.url), formatted);
}
