/** `steelyard sync-tensorboard`: TensorBoard's event files as a run. */
import { openApi } from "./open-api.ts";
import type { FollowOptions, TensorboardProgress } from "@steelyard/client";
import type { Command } from "commander";
import { ProgressLine, formatBytes, formatCount } from "./progress-line.ts";
import { SettingsError } from "./server-settings.ts";

const EXAMPLES = `
The server and the key are those of the wandb client: WANDB_BASE_URL and WANDB_API_KEY, its settings files, netrc.
Keys, steps and media are those that wandb gives TensorBoard's values; folders become parts of the keys. Syncing again
into the same run writes the same rows over the same places. Damaged places are reported; what is whole is synced.
Exit codes: 0 done, 1 failed, 130 interrupted. With --follow Ctrl-C ends the run well: it is done.

Examples:
  steelyard sync-tensorboard logs
  steelyard sync-tensorboard logs/run7 --project vision --id run7
  steelyard sync-tensorboard logs --follow`;

const INTERRUPTED = 130;

interface SyncFlags {
  readonly project?: string;
  readonly entity?: string;
  readonly id?: string;
  readonly follow?: boolean;
  readonly idle?: string;
  readonly saveFiles: boolean;
  readonly json?: boolean;
}

/** Adds the command to the program. */
export function addSyncTensorboardCommand(program: Command): void {
  program
    .command("sync-tensorboard")
    .argument("<folder>", "where the event files are, or one event file")
    .description("read TensorBoard's event files into a run")
    .option("--project <project>", 'the run\'s project (default: that of the settings, or "uncategorized")')
    .option("--entity <entity>", "whose project it is (default: your own)")
    .option("--id <id>", "id of the run (default: a new one)")
    .option("--follow", "go on while the files are being written, until Ctrl-C")
    .option("--idle <seconds>", "with --follow: end when nothing was written for so long")
    .option("--no-save-files", "do not keep the event files with the run")
    .option("--json", "print what was synced as JSON")
    .addHelpText("after", EXAMPLES)
    .action((folder: string, flags: SyncFlags) => runSync(folder, flags));
}

async function runSync(folder: string, flags: SyncFlags): Promise<void> {
  const follow = readFollow(flags);
  const stop = new AbortController();
  const until = new AbortController();
  const interrupt = (): void => {
    // The second Ctrl-C does not wait for what is left.
    if (follow === undefined || until.signal.aborted) stop.abort(new Error("Interrupted."));
    else until.abort();
  };
  process.on("SIGINT", interrupt);
  const line = new ProgressLine(process.stderr);
  let progress: TensorboardProgress | undefined;
  try {
    const api = await openApi();
    const run = await api.syncTensorboard(folder, {
      runId: flags.id,
      project: flags.project,
      entity: flags.entity,
      saveFiles: flags.saveFiles,
      follow: follow && { ...follow, until: until.signal },
      signal: stop.signal,
      onProgress: (now) => {
        progress = now;
        line.show(() => describe(now));
      },
      onDamage: ({ path, message }) => {
        line.clear();
        console.error(`${path}: ${message}`);
      },
    });
    line.clear();
    const { url } = run;
    if (flags.json === true) console.log(JSON.stringify({ url, path: run.path.join("/"), ...progress }));
    else console.log(`${url}: ${progress === undefined ? "nothing" : summarize(progress)}`);
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

function readFollow({ follow, idle }: SyncFlags): FollowOptions | undefined {
  if (idle === undefined) return follow === true ? {} : undefined;
  const seconds = Number(idle);
  if (follow !== true) throw new SettingsError("--idle has a meaning only with --follow.");
  if (!(seconds > 0)) throw new SettingsError(`--idle is "${idle}"; expected a number of seconds above 0.`);
  return { idleMs: seconds * 1_000 };
}

function describe({ readBytes, totalBytes, rows }: TensorboardProgress): string {
  return `${formatBytes(readBytes)} of ${formatBytes(totalBytes)} · ${formatCount(rows)} rows`;
}

function summarize({ files, rows, uploads, damages, leftOut }: TensorboardProgress): string {
  const left = Object.entries(leftOut).map(([kind, count]) => `${formatCount(count)} of ${kind}`);
  return [
    `${formatCount(rows)} rows and ${formatCount(uploads)} media files of ${formatCount(files)} event files`,
    ...(damages > 0 ? [`${formatCount(damages)} damaged places`] : []),
    ...(left.length > 0 ? [`left out: ${left.join(", ")}`] : []),
  ].join("; ");
}
