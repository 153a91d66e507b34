// Runs Python scripts with the real client against a server, each client in a home of its own, and fails with
// what the client wrote to its logs when something went wrong.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clientComplaints, clientLogTail } from "./client-logs.ts";
import { parsePythonValue, toJavaScript, type PythonValue } from "./python-value.ts";
import { runCommand, startCommand, type CommandResult, type StartedCommand } from "./run-command.ts";
import { venvFolder, venvPython, type ClientVersion } from "./venv.ts";

const scriptFolder = fileURLToPath(new URL("./scripts/", import.meta.url));

/** Where a client logs to, and as whom. */
export interface ClientTarget {
  readonly url: string;
  readonly apiKey: string;
  /** What the server printed last, for failure messages. @default nothing */
  readonly output?: string;
}

/** How a client is set up. */
export interface PythonClientOptions {
  /** @default "0.30.0" */
  readonly version?: ClientVersion;
  /** Variables on top of those that point the client to the server; undefined takes one away. @default none */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How one script is run. */
export interface RunOptions {
  /** The arguments, given as JSON. @default {} */
  readonly args?: unknown;
  /** @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default 120000 */
  readonly timeoutMs?: number;
  /** The exit code that the test expects. @default 0 */
  readonly exitCode?: number | null;
  /** Whether warnings, retries and errors in the client's logs fail the test. @default true */
  readonly expectQuiet?: boolean;
}

/** A script that ran to the expected end. */
export interface PythonRun extends CommandResult {
  /** What the script reported, every type spelled out; null when it reported nothing. */
  readonly exact: PythonValue;
  /** The same as JavaScript values. */
  readonly value: unknown;
}

/** The real client in a home of its own: its settings, caches and run folders are nobody else's. */
export class PythonClient implements AsyncDisposable {
  /** The folder that holds everything the client writes; also its working directory. */
  readonly home: string;
  readonly #target: ClientTarget;
  readonly #options: PythonClientOptions;
  #runs = 0;

  private constructor(home: string, target: ClientTarget, options: PythonClientOptions) {
    this.home = home;
    this.#target = target;
    this.#options = options;
  }

  /** A client with an empty home. */
  static async create(target: ClientTarget, options: PythonClientOptions = {}): Promise<PythonClient> {
    return new PythonClient(await mkdtemp(join(tmpdir(), "sy-py-")), target, options);
  }

  /** Runs a file of `scripts/`; throws with output and client logs when it ends otherwise than expected. */
  async run(script: string, options: RunOptions = {}): Promise<PythonRun> {
    const started = await this.start(script, options);
    return started.finish();
  }

  /** Starts a file of `scripts/` and returns while it runs. */
  async start(script: string, options: RunOptions = {}): Promise<StartedScript> {
    const resultFile = join(this.home, `result-${this.#runs++}.json`);
    const started = await startCommand(this.#python, ["-X", "utf8", join(scriptFolder, script)], {
      cwd: this.home,
      timeoutMs: options.timeoutMs ?? 120_000,
      env: {
        ...this.environment(),
        STEELYARD_ARGS: JSON.stringify(options.args ?? {}),
        STEELYARD_RESULT: resultFile,
        ...options.env,
      },
    });
    return {
      ...started,
      finish: async () => {
        const result = await started.result;
        await this.#check(script, result, options);
        const exact = await readResult(resultFile);
        return { ...result, exact, value: toJavaScript(exact) };
      },
    };
  }

  /** Runs the `wandb` command; the exit code is the test's to judge. */
  async wandb(args: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    const result = await runCommand(this.#python, ["-X", "utf8", "-m", "wandb", ...args], {
      cwd: this.home,
      timeoutMs: options.timeoutMs ?? 120_000,
      env: { ...this.environment(), ...options.env },
    });
    await this.#check(`wandb ${args.join(" ")}`, result, { expectQuiet: false, ...options });
    return result;
  }

  /** The whole environment of the client: nothing of the person who runs the tests leaks in. */
  environment(): Record<string, string> {
    const { home } = this;
    const bin = join(venvFolder(this.#version), "bin");
    const environment: Record<string, string | undefined> = {
      PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
      LANG: "C.UTF-8",
      HOME: home,
      TMPDIR: home,
      PYTHONPATH: dirname(join(scriptFolder, "x")),
      PYTHONUNBUFFERED: "1",
      WANDB_BASE_URL: this.#target.url,
      WANDB_API_KEY: this.#target.apiKey,
      WANDB_DIR: home,
      WANDB_DATA_DIR: join(home, "data"),
      WANDB_CACHE_DIR: join(home, "cache"),
      WANDB_CONFIG_DIR: join(home, "config"),
      WANDB_ARTIFACT_DIR: join(home, "artifacts"),
      WANDB_ERROR_REPORTING: "false",
      WANDB_INIT_TIMEOUT: "60",
      // The defaults suit days of training; a test cannot wait 15 s for its lines to be sent. Whole seconds only:
      // a fraction below 1 means the default.
      WANDB__FILE_STREAM_TRANSMIT_INTERVAL: "1",
      WANDB__STATS_SAMPLING_INTERVAL: "1",
      NO_PROXY: "127.0.0.1,localhost",
      ...this.#options.env,
    };
    return Object.fromEntries(
      Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  /** Deletes the home. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  get #version(): ClientVersion {
    return this.#options.version ?? "0.30.0";
  }

  get #python(): string {
    return venvPython(this.#version);
  }

  async #check(title: string, result: CommandResult, options: RunOptions): Promise<void> {
    const expected = options.exitCode === undefined ? 0 : options.exitCode;
    const complaints = (options.expectQuiet ?? true) ? await clientComplaints(this.home, result) : [];
    if (!result.timedOut && result.code === expected && complaints.length === 0) return;
    const problem = result.timedOut
      ? "did not end in time"
      : result.code === expected
        ? "ended as expected, but the client complained"
        : `ended with ${result.code ?? result.signal ?? "nothing"}, expected ${String(expected)}`;
    throw new Error(
      [
        `${title} ${problem}`,
        ...complaints,
        `--- standard output\n${tail(result.stdout)}`,
        `--- standard error\n${tail(result.stderr)}`,
        `--- client logs\n${await clientLogTail(this.home)}`,
        `--- server\n${tail(this.#target.output ?? "")}`,
      ].join("\n"),
    );
  }
}

/** A script that is still running. */
export interface StartedScript extends StartedCommand {
  /** Waits for the end and checks it as `run` does. */
  finish(): Promise<PythonRun>;
}

async function readResult(path: string): Promise<PythonValue> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  return parsePythonValue(JSON.parse(text));
}

function tail(text: string): string {
  return text.length > 6_000 ? `…${text.slice(-6_000)}` : text;
}
