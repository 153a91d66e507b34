/** `steelyard export`: the histories of a project's runs as one file. */
import { existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { openApi } from "./open-api.ts";
import type { ExportProgress } from "@steelyard/client";
import type { Command } from "commander";
import { readExportSettings } from "./export-settings.ts";
import type { ExportFlags, ExportSettings } from "./export-settings.ts";
import { ProgressLine, formatBytes, formatCount } from "./progress-line.ts";
import { SettingsError } from "./server-settings.ts";

const EXAMPLES = `
The server and the key are those of the wandb client: WANDB_BASE_URL and WANDB_API_KEY, its settings files, netrc.
Tables have the columns run_id, run_name and _step, one for each key, and _other_json for values that fit no column.
The file is there whole or not at all. Exit codes: 0 done, 1 failed, 130 interrupted.

Examples:
  steelyard export team/project
  steelyard export team/project --keys loss,val.acc --out losses.parquet
  steelyard export team/project --filter '{"state": "finished", "config.lr": {"$lt": 0.1}}' --order -created_at
  steelyard export team/project --out - --format ndjson | head`;

/** The exit code of a command that was ended by Ctrl-C, as shells have it. */
const INTERRUPTED = 130;

/** Adds the command to the program. */
export function addExportCommand(program: Command): void {
  program
    .command("export")
    .argument("<project>", "entity/project, or project of your own entity")
    .description("write the histories of a project's runs into one file")
    .option("--filter <json>", "only runs that fit, in the filter language of the API")
    .option("--order <order>", "order of the runs, such as -summary_metrics.loss (default: +created_at)")
    .option("--keys <keys>", "only these keys: a,b or a JSON list (default: all)")
    .option("--all-keys", "only rows that hold every key (default: any)")
    .option("--samples <number>", "at most so many rows of each run, at even distances (default: all)")
    .option("--format <format>", "parquet, arrow or ndjson (default: by the file's name, else parquet)")
    .option("--out <file>", "the file, or - for standard output (default: <project>.<format>)")
    .option("--force", "replace the file when it is there")
    .option("--json", "print what was exported as JSON")
    .addHelpText("after", EXAMPLES)
    .action((project: string, flags: ExportFlags) => runExport(readExportSettings(project, flags)));
}

async function runExport(settings: ExportSettings): Promise<void> {
  const { path, mayReplace } = settings;
  if (path !== undefined && !mayReplace && existsSync(path)) {
    throw new SettingsError(
      `${path} is there already; choose another file with --out, or replace it with --force.`,
    );
  }
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error("Interrupted; nothing was written."));
  process.once("SIGINT", interrupt);
  const line = new ProgressLine(process.stderr);
  try {
    await (path === undefined
      ? toOutput(settings, stop.signal, line)
      : toFile(settings, path, stop.signal, line));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    line.clear();
    console.error("Interrupted.");
    process.exitCode = INTERRUPTED;
  } finally {
    line.clear();
    process.removeListener("SIGINT", interrupt);
  }
}

async function toFile(
  settings: ExportSettings,
  path: string,
  signal: AbortSignal,
  line: ProgressLine,
): Promise<void> {
  const startedAt = performance.now();
  const { runs, rows, bytes } = await (
    await open(settings)
  ).export({
    ...choices(settings, signal, line),
    path,
  });
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  line.clear();
  if (settings.isJson) {
    console.log(JSON.stringify({ path, format: settings.format, runs, rows, bytes, seconds }));
  } else {
    console.log(
      `${path}: ${formatCount(rows)} rows of ${formatCount(runs)} runs, ${formatBytes(bytes)}, in ${seconds} s`,
    );
  }
}

async function toOutput(settings: ExportSettings, signal: AbortSignal, line: ProgressLine): Promise<void> {
  const stream = await (await open(settings)).export(choices(settings, signal, line));
  try {
    await pipeline(stream, process.stdout);
  } catch (error) {
    // Whoever read the output, such as `head`, has enough.
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
}

async function open({ project, filters, order }: ExportSettings) {
  const api = await openApi();
  return api.runs(project, { filters, order });
}

function choices({ format, keys, rows, samples }: ExportSettings, signal: AbortSignal, line: ProgressLine) {
  const startedAt = performance.now();
  const onProgress = (progress: ExportProgress): void => {
    line.show(() => describe(progress, (performance.now() - startedAt) / 1000));
  };
  return { format, keys, rows, samples, signal, onProgress } as const;
}

function describe({ runsDone, runsTotal, rows, bytes }: ExportProgress, seconds: number): string {
  if (runsTotal === null && bytes === 0) return "Looking at the runs…";
  const runs = `${formatCount(runsDone)}${runsTotal === null ? "" : ` of ${formatCount(runsTotal)}`} runs`;
  return `${runs} · ${formatCount(rows)} rows · ${formatBytes(bytes)} · ${formatBytes(Math.round(bytes / seconds))}/s`;
}
