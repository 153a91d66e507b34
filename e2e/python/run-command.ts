// Runs a command to its end and keeps everything it printed; the one place where tests start Python.
import { spawn } from "node:child_process";

/** What a command left behind. */
export interface CommandResult {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** How to run a command. */
export interface CommandOptions {
  /** @default the current folder */
  readonly cwd?: string;
  /** The whole environment, nothing inherited. @default this process's environment */
  readonly env?: Readonly<Record<string, string>>;
  /** After this time the command and its children are killed. @default 120000 */
  readonly timeoutMs?: number;
  /** Text given on standard input. @default "" */
  readonly input?: string;
}

/** A command that has been started. */
export interface StartedCommand {
  readonly pid: number;
  readonly result: Promise<CommandResult>;
  /** Signals the command alone. */
  signal(name: NodeJS.Signals): void;
  /** Kills the command together with every process it started. */
  killGroup(): void;
}

const groups = new Set<number>();

process.on("exit", () => {
  for (const pid of groups) killGroup(pid);
});

/** Starts a command in a process group of its own; throws when there is no such program. */
export async function startCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<StartedCommand> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const started = Promise.withResolvers<undefined>();
  child.once("spawn", () => {
    started.resolve(undefined);
  });
  child.once("error", started.reject);
  await started.promise;
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} was started without a process id`);
  groups.add(pid);

  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(pid);
  }, options.timeoutMs ?? 120_000);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", ignoreClosedPipe);
  child.stdin.end(options.input ?? "");

  const { promise: result, resolve } = Promise.withResolvers<CommandResult>();
  // "exit", then a moment for the pipes: a background process that holds them must not hold the test.
  child.once("exit", (code, signal) => {
    clearTimeout(timer);
    const finish = (): void => {
      groups.delete(pid);
      resolve({
        code,
        signal,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
        timedOut,
      });
    };
    const closeTimer = setTimeout(finish, 2_000);
    child.once("close", () => {
      clearTimeout(closeTimer);
      finish();
    });
  });
  return {
    pid,
    result,
    signal: (name) => child.kill(name),
    killGroup: () => {
      killGroup(pid);
    },
  };
}

/** Runs a command to its end. A non-zero exit code is a result, not an error. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return (await startCommand(file, args, options)).result;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
