/** Node 20, the oldest Node that the client supports, in a folder of its own: two packages cannot both bring `node`. */
import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "../python/file-lock.ts";
import { runCommand } from "../python/run-command.ts";

const version = "20.20.2";
const cache = join(import.meta.dirname, "../.cache");
const folder = join(cache, `node-${version}`);
const installTimeoutMs = 180_000;

/** The Node 20 binary, installed from the npm registry on first use. Throws with npm's last words when that fails. */
export async function node20(): Promise<string> {
  const binary = join(folder, "node_modules/node/bin/node");
  await mkdir(folder, { recursive: true });
  await withFileLock(join(cache, `node-${version}.lock`), installTimeoutMs, async () => {
    if (await exists(binary)) return;
    const args = ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, `node@${version}`];
    const result = await runCommand("npm", args, { cwd: folder, timeoutMs: installTimeoutMs });
    if (result.code !== 0) throw new Error(`Node ${version} could not be installed: ${result.stderr}`);
  });
  return binary;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
