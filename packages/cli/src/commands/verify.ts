/** `steelyard verify`: says what is wrong with a stopped server's data folder, and changes nothing. */
import { resolve } from "node:path";
import type { Finding, VerifyReport } from "@steelyard/server";
import type { Command } from "commander";
import type { Environment } from "./server-settings.ts";
import { ProgressLine, formatBytes, formatCount } from "./progress-line.ts";

/** The flags as the command line had them. */
export interface VerifyFlags {
  readonly full?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Checked are the databases (pages, indexes, foreign keys, migrations), kept columns of runs, every batch of history, the
files of sealed history, and that every stored file and artifact is there with its size and digest. With --full also the bytes of all
of these. Blobs that nothing refers to are listed; they do no harm. A folder that a server uses is refused.
Exit codes: 0 sound, 1 something is wrong, 2 it could not be checked.

Examples:
  steelyard verify /srv/steelyard
  steelyard verify ./steelyard-data --full --json > report.json`;

/** Something is wrong with the folder. */
const UNSOUND = 1;
/** The folder could not be checked. */
const UNCHECKED = 2;

/** Adds the command to the program. */
export function addVerifyCommand(program: Command, env: Environment): void {
  program
    .command("verify")
    .argument("[folder]", "the data folder (default: STEELYARD_DATA, else ./steelyard-data)")
    .description("check a stopped server's data folder and say what is wrong with it")
    .option("--full", "read every byte of files and sealed history, and compare digests")
    .option("--json", "print the report as JSON")
    .addHelpText("after", EXAMPLES)
    .action((folder: string | undefined, flags: VerifyFlags) =>
      runVerify(resolve(folder ?? env["STEELYARD_DATA"] ?? "./steelyard-data"), flags),
    );
}

async function runVerify(folder: string, flags: VerifyFlags): Promise<void> {
  // Loaded here, because the other commands do without it.
  const { verifyDataFolder, ServerError } = await import("@steelyard/server");
  const line = new ProgressLine(process.stderr);
  let report: VerifyReport;
  try {
    report = await verifyDataFolder({
      folder,
      isFull: flags.full,
      onProgress: ({ stage, done, total }) => {
        const count = total === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`;
        line.show(() => (done === 0 ? `${stage}…` : `${stage}: ${count}`));
      },
    });
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    line.clear();
    console.error(error.message);
    process.exitCode = UNCHECKED;
    return;
  }
  line.clear();
  console.log(flags.json === true ? JSON.stringify(report, null, 2) : describe(report));
  if (!report.isSound) process.exitCode = UNSOUND;
}

function describe(report: VerifyReport): string {
  const { folder, isSound, counts, problems, problemCount, notes, noteCount } = report;
  const seen = [
    `${formatCount(counts.databases)} databases`,
    `${formatCount(counts.lines)} lines in ${formatCount(counts.batches)} batches`,
    `${formatCount(counts.parts)} sealed parts`,
    `${formatCount(counts.blobs)} blobs of ${formatBytes(counts.blobBytes)}`,
  ].join(", ");
  const verdict = isSound
    ? `${folder} is sound.`
    : `${folder} is damaged: ${formatCount(problemCount)} ${problemCount === 1 ? "problem" : "problems"}.`;
  return [
    ...listOf(problems, problemCount),
    ...(noteCount === 0 ? [] : ["Worth knowing:", ...listOf(notes, noteCount)]),
    `Checked ${seen}.`,
    verdict,
  ].join("\n");
}

function listOf(findings: readonly Finding[], count: number): readonly string[] {
  const lines = findings.map(({ place, sentence }) => `- ${place}: ${sentence}`);
  const rest = count - findings.length;
  return rest > 0 ? [...lines, `- and ${formatCount(rest)} more`] : lines;
}
