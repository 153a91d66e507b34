// Reads the client's own logs: a client that retries or drops data still exits with 0, so a test that only
// looks at exit codes would not see it.
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { CommandResult } from "./run-command.ts";

/** Sentences on the terminal that mean that data may be lost or that the server was asked again. */
const terminalComplaints = /^wandb: (?:WARNING|ERROR)|fatal error|retry|Traceback|Network error|CommError/iu;

/**
 * Lines of debug-internal.log and debug-core.log that a healthy run never has; a retry is only "INFO" there. Clients
 * written in Python alone have another form.
 */
const logComplaints = /^\{.*(?:"level":"(?:WARN|ERROR)"|retrying)|^\d{4}-\S+ \S+ (?:WARNING|ERROR) /u;

/** Lines that are not the server's doing, with the reason beside each. */
const harmless: readonly RegExp[] = [
  // There is no GPU, and no NVML, on the machines that test.
  /nvml|gpu|xpu|dcgm|rocm|neuron|tpu/iu,
  // Said of every server that leaves EXPAND_DEFINED_METRIC_GLOBS off: the client then expands them itself.
  /server does not expand metric globs/u,
  // The scripts of the tests run outside of any repository, so there is no code to save.
  /handleCodeSave: program relative path|git repo not found|unable to save code/u,
  // Said at every `run.use_artifact`, because the client makes no jobs of runs unless it is told to.
  /sendUseArtifact: job builder disabled/u,
  // How `run.save` keeps a file that lies outside of the run's folder.
  /Symlinked \d+ files? into the W&B run directory/u,
  // Said of a training with a single log folder, after looking for others for ten seconds.
  /tensorboard: no root directory/u,
  // A run made offline has nobody to ask for features.
  /GraphQL client is nil, skipping feature loading/u,
  // Said of every run in shared mode.
  /`shared` mode feature is experimental/u,
  // A race of client 0.22.1 with itself as a run ends; the tests of that client look whether the file arrived.
  /runfiles: called UploadNow\(\) after Finish\(\)","path":"wandb-metadata\.json"/u,
  // The cloud probe of CoreWeave's metadata address has nobody to ask.
  /coreweave|169\.254/iu,
];

/** What the client complained about, one line each; empty for a run that went well. */
export async function clientComplaints(home: string, result: CommandResult): Promise<string[]> {
  const complaints = stripVTControlCharacters(result.stderr)
    .split("\n")
    .filter((line) => terminalComplaints.test(line));
  for (const [path, text] of await readLogs(home)) {
    for (const line of text.split("\n")) {
      if (logComplaints.test(line)) complaints.push(`${path}: ${line}`);
    }
  }
  return complaints.filter((line) => !harmless.some((pattern) => pattern.test(line)));
}

/** The last lines of every log of the client, for a failure message. */
export async function clientLogTail(home: string): Promise<string> {
  const logs = await readLogs(home);
  return logs.map(([path, text]) => `${path}\n${text.split("\n").slice(-12).join("\n")}`).join("\n");
}

async function readLogs(home: string): Promise<[path: string, text: string][]> {
  const logs: [string, string][] = [];
  for (const pattern of ["wandb/*run-*/logs/debug-internal.log", "cache/wandb/logs/core-debug-*.log"]) {
    for await (const path of glob(pattern, { cwd: home })) {
      logs.push([path, await readFile(join(home, path), "utf8")]);
    }
  }
  return logs.sort(([a], [b]) => a.localeCompare(b));
}
