// Peers that are a library which writes to a folder of this machine: as many processes as there are cores log at once.
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pick } from "../../e2e/wire/wire.ts";
import { runCommand } from "../../e2e/python/run-command.ts";
import { toResult, type LoadPlan, type ServerResult } from "./loaded-server.ts";
import { preparePeer } from "./peer-venv.ts";
import { sizeOf } from "./process-usage.ts";

const program = fileURLToPath(new URL("log_rows.py", import.meta.url));

/** Logs single rows, which is what these libraries take. */
export async function measureLibrary(peer: "aim" | "trackio", plan: LoadPlan): Promise<ServerResult> {
  const bin = await preparePeer(peer);
  const folder = await mkdtemp(join(tmpdir(), `steelyard-${peer}-`));
  const options = {
    cwd: folder,
    env: { TRACKIO_DIR: join(folder, "trackio"), HOME: folder, PATH: process.env["PATH"] ?? "" },
    timeoutMs: (plan.seconds + 600) * 1000,
  };
  if (peer === "aim") await runCommand(join(bin, "aim"), ["init"], options);
  const processes = availableParallelism();
  const args = [program, peer, String(plan.seconds), String(plan.keysARow)];
  const ends = await Promise.all(
    Array.from({ length: processes }, () => runCommand(join(bin, "python"), args, options)),
  );
  const results = ends.map(({ code, stdout, stderr }): unknown => {
    if (code !== 0) throw new Error(`${peer} failed: ${stderr.slice(-500)}`);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  });
  const numbers = (...path: string[]): readonly number[] =>
    results.map((result) => Number(pick(result, ...path)));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const seconds = Math.max(...numbers("seconds"));
  const requests = sum(numbers("rows"));
  const load = {
    seconds,
    requests,
    requestsASecond: requests / seconds,
    milliseconds: {
      p50: Math.max(...numbers("milliseconds", "p50")),
      p99: Math.max(...numbers("milliseconds", "p99")),
      max: Math.max(...numbers("milliseconds", "max")),
    },
  };
  const bytes = await sizeOf(folder);
  await rm(folder, { recursive: true, force: true });
  const usage = { serverSeconds: sum(numbers("cpuSeconds")), generatorSeconds: 0, bytes, page: undefined };
  return toResult({ ...plan, rowsARequest: 1, connections: processes }, load, usage);
}
