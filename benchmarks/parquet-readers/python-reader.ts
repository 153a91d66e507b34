// Runs read_history.py with one client over the cases, and starts it again behind a case that
// killed the client's background process.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../e2e/python/run-command.ts";
import { parseCaseAnswers, type CaseAnswers } from "./answers.ts";
import type { Case } from "./cases/case.ts";

const script = fileURLToPath(new URL("read_history.py", import.meta.url));
const crashExit = 3;

/** What the client of this interpreter answers about each case; throws when the script itself fails. */
export async function readWithPython(
  python: string,
  serverUrl: string,
  cases: readonly Case[],
): Promise<CaseAnswers[]> {
  const home = await mkdtemp(join(tmpdir(), "sy-parquet-"));
  try {
    const answers: CaseAnswers[] = [];
    while (answers.length < cases.length) {
      const done = answers.length;
      answers.push(...(await readUntilCrash(python, serverUrl, cases.slice(done), home)));
      if (answers.length === done)
        throw new Error(`the client answered nothing about ${cases[done]?.name ?? ""}`);
    }
    return answers;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function readUntilCrash(
  python: string,
  serverUrl: string,
  cases: readonly Case[],
  home: string,
): Promise<CaseAnswers[]> {
  const casesFile = join(home, "cases.json");
  const resultsFile = join(home, "results.jsonl");
  const cache = join(home, "cache");
  await mkdir(cache, { recursive: true });
  await writeFile(casesFile, JSON.stringify(cases.map(describeCase)));
  await writeFile(resultsFile, "");
  const result = await runCommand(python, ["-X", "utf8", script, serverUrl, casesFile, resultsFile], {
    cwd: home,
    timeoutMs: 900_000,
    env: {
      PATH: process.env["PATH"] ?? "",
      LANG: "C.UTF-8",
      HOME: home,
      TMPDIR: home,
      WANDB_BASE_URL: serverUrl,
      WANDB_API_KEY: "0".repeat(40),
      WANDB_CACHE_DIR: cache,
      WANDB_CONFIG_DIR: join(home, "config"),
      WANDB_ERROR_REPORTING: "false",
      WANDB_SILENT: "true",
      NO_PROXY: "127.0.0.1",
    },
  });
  if (result.timedOut || (result.code !== 0 && result.code !== crashExit)) {
    throw new Error(`read_history.py failed with ${python}:\n${result.stdout}${result.stderr}`);
  }
  const lines = (await readFile(resultsFile, "utf8")).split("\n");
  return lines.filter((line) => line !== "").map((line) => parseCaseAnswers(JSON.parse(line)));
}

function describeCase(item: Case): unknown {
  return {
    name: item.name,
    keys: item.keys,
    pageSize: item.pageSize ?? null,
    windows: item.windows ?? [],
    isTimed: item.isTimed ?? false,
    next: describeNext(item),
    digests: [digests(item.files), digests(item.next?.files ?? [])],
  };
}

function describeNext({ name, next }: Case): unknown {
  if (next === undefined) return null;
  const run = next.run ?? { project: "parquet", name };
  return [run.project, run.name];
}

function digests(files: readonly Uint8Array[]): string[] {
  return files.map((file) => createHash("sha256").update(file).digest("hex"));
}
