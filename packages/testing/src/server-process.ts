// One run of the `steelyard server` command as a child process: its output, its end, and the promise that
// no test leaves one behind. A real process, because only a real process can be killed half way.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../cli/bin/steelyard.js", import.meta.url));
const outputLimit = 64_000;

/** How a process ended: the exit code, or the signal that ended it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const alive = new Set<ChildProcess>();

process.on("exit", () => {
  for (const child of alive) child.kill("SIGKILL");
});

/** A running `steelyard` command whose last output is kept for failure messages. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<ProcessEnd>;
  #output = "";

  /** Starts the command at once. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    alive.add(child);
    const collect = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString("utf8")).slice(-outputLimit);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    this.#child = child;
    this.#ended = once(child, "close").then(() => {
      alive.delete(child);
      return { code: child.exitCode, signal: child.signalCode };
    });
  }

  /** The process id; undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The last 64,000 characters of what the process printed, standard output and error together. */
  get output(): string {
    return this.#output;
  }

  /** Settles when the process is gone and its output is read to the end. */
  get ended(): Promise<ProcessEnd> {
    return this.#ended;
  }

  /** Sends a signal; has no effect on a process that is gone. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}
