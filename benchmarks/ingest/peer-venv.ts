// A Python environment for each peer, made once and kept beside this script.
import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { runCommand } from "../../e2e/python/run-command.ts";

/** The peers with the versions that are measured. */
export const peerVersions = { mlflow: "3.17.2", aim: "3.29.1", trackio: "0.43.0" } as const;

/** A peer's name on PyPI. */
export type Peer = keyof typeof peerVersions;

const folder = fileURLToPath(new URL(".cache/", import.meta.url));
const timeoutMs = 900_000;

/** The folder of programs of a peer's environment, which is made when it is missing. Throws with pip's last words. */
export async function preparePeer(peer: Peer): Promise<string> {
  const venv = join(folder, `${peer}-${peerVersions[peer]}`);
  const bin = join(venv, "bin");
  const done = join(venv, "installed");
  if (await exists(done)) return bin;
  const python = process.env["STEELYARD_TEST_PYTHON"] ?? "python3";
  await require(runCommand(python, ["-m", "venv", "--clear", venv], { timeoutMs }));
  const pip = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    `${peer}==${peerVersions[peer]}`,
  ];
  await require(runCommand(join(bin, "python"), pip, { timeoutMs }));
  await require(runCommand("touch", [done], { timeoutMs }));
  return bin;
}

async function require(command: ReturnType<typeof runCommand>): Promise<void> {
  const { code, stdout, stderr } = await command;
  if (code !== 0) throw new Error((stdout + stderr).trim().slice(-500));
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
