// MLflow's search over as many runs, by its own library, in a process and a folder of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../e2e/python/run-command.ts";
import { preparePeer } from "../ingest/peer-venv.ts";

const program = fileURLToPath(new URL("search_mlflow.py", import.meta.url));
const timeoutMs = 900_000;

/** What `search_mlflow.py` prints. Throws with MLflow's last words. */
export async function measureMlflow(runs: number, repeats: number): Promise<unknown> {
  const bin = await preparePeer("mlflow");
  const folder = await mkdtemp(join(tmpdir(), "steelyard-mlflow-"));
  try {
    const args = [program, String(runs), String(repeats)];
    const { code, stdout, stderr } = await runCommand(join(bin, "python"), args, { cwd: folder, timeoutMs });
    if (code !== 0) throw new Error(`MLflow failed: ${stderr.slice(-1000)}`);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
