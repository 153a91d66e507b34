// A Python environment with the peers, made once and kept beside this script.
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../e2e/python/run-command.ts";

/** The peers with the versions that are measured, by their names on PyPI. */
export const PEER_VERSIONS = { optuna: "5.0.0", "scikit-optimize": "0.10.2", sweeps: "0.3.0" } as const;

const folder = fileURLToPath(new URL(".cache/peers/", import.meta.url));
const timeoutMs = 900_000;

/** The environment's Python, which is made when it is missing. Throws with pip's last words. */
export async function preparePeers(): Promise<string> {
  const python = join(folder, "bin", "python");
  const done = join(folder, "installed");
  if (await exists(done)) return python;
  await run(process.env["STEELYARD_TEST_PYTHON"] ?? "python3", ["-m", "venv", "--clear", folder]);
  const packages = Object.entries(PEER_VERSIONS).map(([name, version]) => `${name}==${version}`);
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
  await writeFile(done, packages.join("\n"));
  return python;
}

async function run(file: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runCommand(file, args, { timeoutMs });
  if (code !== 0) throw new Error((stdout + stderr).trim().slice(-500));
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
