/** Starts the project's tools as child processes, on the Node that runs this script. */
import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";

/** The root of the repository. */
export const root = join(import.meta.dirname, "..");

const path = [join(root, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"]].join(
  delimiter,
);

/** Runs a command in the repository's root and passes its output on; answers whether it succeeded. */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): boolean {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path, ...env },
  });
  if (result.error !== undefined) throw result.error;
  return result.status === 0;
}
