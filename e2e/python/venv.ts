// Makes the Python environments that the tests run the real client in, one for each client version, and keeps
// them between test runs in e2e/.cache.
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withFileLock } from "./file-lock.ts";
import { runCommand } from "./run-command.ts";

/** The versions whose every document is known; the first one is the one that everything is tested with. */
export const clientVersions = ["0.30.0", "0.22.1"] as const;

/**
 * All versions that tests run. 0.31.0 is the newest, 0.29.0 the last that syncs folders of TensorBoard, 0.10.28 the oldest
 * that runs on a Python of today.
 */
export const installedVersions = [...clientVersions, "0.31.0", "0.29.0", "0.10.28"] as const;

/** A version of the client that has an environment. */
export type ClientVersion = (typeof installedVersions)[number];

/**
 * What is installed beside the client: NumPy and Pillow for media, the packages that write reports, TensorBoard's files
 * and schemas of launch jobs, and pins that an old client needs.
 */
const requirements: Readonly<Record<ClientVersion, readonly string[]>> = {
  "0.30.0": ["numpy", "pillow", "wandb-workspaces", "tensorboardX", "jsonschema"],
  // Newer pydantic warns about the models of this old client on every import.
  "0.22.1": ["numpy", "pillow", "pydantic<2.12"],
  "0.31.0": ["numpy", "pillow", "tensorboard", "tensorboardX"],
  "0.29.0": ["numpy", "pillow", "tensorboard", "tensorboardX"],
  // What was new when this client was: its messages were made for an older protobuf, and it looks for pkg_resources.
  "0.10.28": ["numpy<2", "protobuf<4", "setuptools<81"],
};

/**
 * Lines that Python runs when it starts. Python 3.10 took names away from `collections` that the oldest client's own
 * copies of libraries still look for there.
 */
const startLines: Readonly<Partial<Record<ClientVersion, string>>> = {
  "0.10.28":
    "import collections; from collections import abc; vars(collections).update({**vars(abc), **vars(collections)})\n",
};

const cacheFolder = fileURLToPath(new URL("../.cache/", import.meta.url));
const installTimeoutMs = 420_000;
const missingPython =
  "The end-to-end tests need Python 3.10 or newer with venv (wandb 0.30.0 asks for it): on Debian install the " +
  "packages python3 and python3-venv, or set STEELYARD_TEST_PYTHON to another interpreter.";

/** The folder of the environment for a client version; `prepareVenv` has filled it before any test runs. */
export function venvFolder(version: ClientVersion): string {
  return join(cacheFolder, `venv-${version}`);
}

/** The interpreter of the environment for a client version. */
export function venvPython(version: ClientVersion): string {
  return join(venvFolder(version), "bin", "python");
}

/**
 * Makes the environment unless a finished one with the same stamp is there. Throws with a sentence that names
 * the missing Debian packages, or says that PyPI could not be reached.
 */
export async function prepareVenv(version: ClientVersion): Promise<void> {
  const python = process.env["STEELYARD_TEST_PYTHON"] ?? "python3";
  const stamp = JSON.stringify({
    wandb: version,
    packages: requirements[version],
    start: startLines[version],
    python: await describePython(python),
  });
  await withFileLock(join(cacheFolder, `venv-${version}.lock`), installTimeoutMs, async () => {
    const folder = venvFolder(version);
    const stampFile = join(folder, "steelyard-stamp.json");
    if ((await readIfThere(stampFile)) === stamp) return;
    await rm(folder, { recursive: true, force: true });
    const made = await runCommand(python, ["-m", "venv", folder], { timeoutMs: installTimeoutMs });
    if (made.code !== 0) throw new Error(`${missingPython} (${lastLine(made.stdout + made.stderr)})`);
    await install(version);
    const start = startLines[version];
    if (start !== undefined) await writeFile(join(await sitePackages(version), "steelyard.pth"), start);
    await writeFile(stampFile, stamp);
  });
}

async function install(version: ClientVersion): Promise<void> {
  const result = await runCommand(
    venvPython(version),
    [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      `wandb==${version}`,
      ...requirements[version],
    ],
    { timeoutMs: installTimeoutMs },
  );
  if (result.code === 0) return;
  throw new Error(
    `The end-to-end tests install wandb ${version} from PyPI into e2e/.cache once, and that failed; ` +
      `they need PyPI the first time. (${lastLine(result.stderr)})`,
  );
}

async function sitePackages(version: ClientVersion): Promise<string> {
  const program = "import sysconfig; print(sysconfig.get_path('purelib'))";
  const { stdout } = await runCommand(venvPython(version), ["-c", program], { timeoutMs: 30_000 });
  return stdout.trim();
}

/** Version and location, so that another interpreter gets an environment of its own. */
async function describePython(python: string): Promise<string> {
  const program =
    "import sys; print(sys.version_info[:3], sys.base_prefix); sys.exit(sys.version_info < (3, 10))";
  let result;
  try {
    result = await runCommand(python, ["-c", program], { timeoutMs: 30_000 });
  } catch (cause) {
    throw new Error(missingPython, { cause });
  }
  if (result.code !== 0) throw new Error(`${missingPython} (found ${result.stdout.trim()})`);
  return result.stdout.trim();
}

async function readIfThere(path: string): Promise<string | undefined> {
  return access(path).then(
    () => readFile(path, "utf8"),
    () => undefined,
  );
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
