// Writes one run as the client does (one request at a time, each with the offset of its first line) and
// remembers what was acknowledged, so that a test can ask for exactly that.
import { pickString, type RunAddress, type Wire, type WireAnswer } from "../wire/wire.ts";

const linesPerRequest = 7;

/** A writer of one run. */
export class RunWriter {
  readonly run: RunAddress;
  readonly #wire: Wire;
  readonly #acknowledgedFiles = new Map<string, string>();
  #acknowledgedLines = 0;
  #sentLines = 0;
  #requests = 0;
  #acknowledgedConfig: number | undefined;

  constructor(wire: Wire, run: RunAddress) {
    this.#wire = wire;
    this.run = run;
  }

  /** How many lines, from the first on, the server said it has. */
  get acknowledgedLines(): number {
    return this.#acknowledgedLines;
  }

  /** How many lines were ever sent. */
  get sentLines(): number {
    return this.#sentLines;
  }

  /** The last value of the config key `writes` that was acknowledged. */
  get acknowledgedConfig(): number | undefined {
    return this.#acknowledgedConfig;
  }

  /** Name and content of each file whose upload was acknowledged. */
  get acknowledgedFiles(): ReadonlyMap<string, string> {
    return this.#acknowledgedFiles;
  }

  /** The text of the line of a step; the same step is always the same text. */
  line(step: number): string {
    return `{"_step":${step},"_runtime":${step}.5,"_timestamp":1.7e+09,"value":${step},"run":"${this.run.id}","pad":"${"x".repeat(step % 50)}"}`;
  }

  /** Writes until the signal comes or the server is gone; a refused connection is how that looks. */
  async writeUntilRefused(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) await this.#step();
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** Writes and acknowledges this many lines. */
  async write(count: number): Promise<void> {
    await this.#send(count);
  }

  /** Uploads a file that holds its own name. */
  async writeFile(name: string): Promise<void> {
    const content = `content of ${this.run.id}/${name}`;
    const data = await this.#wire.query(
      `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
        createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
          runID uploadHeaders files { name uploadUrl }
        }
      }`,
      { entity: this.run.entity, project: this.run.project, run: this.run.id, files: [name] },
    );
    const url = pickString(data, "createRunFiles", "files", 0, "uploadUrl");
    const answer = await this.#wire.request(url, { method: "PUT", body: content, authorized: false });
    requireSuccess(answer);
    this.#acknowledgedFiles.set(name, content);
  }

  /** Ends the run. */
  async finish(): Promise<void> {
    requireSuccess(await this.#wire.fileStream(this.run, { complete: true, exitcode: 0 }));
  }

  async #step(): Promise<void> {
    this.#requests += 1;
    if (this.#requests % 10 === 3) await this.#writeConfig(this.#requests);
    else if (this.#requests % 10 === 6) await this.writeFile(`file-${this.#requests}.txt`);
    else await this.#send(linesPerRequest);
  }

  async #send(count: number): Promise<void> {
    const offset = this.#acknowledgedLines;
    const content = Array.from({ length: count }, (_, index) => this.line(offset + index));
    this.#sentLines = Math.max(this.#sentLines, offset + count);
    const answer = await this.#wire.fileStream(this.run, {
      files: {
        "wandb-history.jsonl": { offset, content },
        "wandb-summary.json": { offset: 0, content: [`{"step":${offset + count - 1}}`] },
      },
    });
    requireSuccess(answer);
    this.#acknowledgedLines = offset + count;
  }

  async #writeConfig(writes: number): Promise<void> {
    await this.#wire.upsertRun(this.run.project, this.run.id, {
      config: JSON.stringify({ writes: { value: writes } }),
    });
    this.#acknowledgedConfig = writes;
  }
}

function requireSuccess(answer: WireAnswer): void {
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`expected success, found ${answer.status}: ${answer.text.slice(0, 1_000)}`);
  }
}

/** Whether the server is gone: how that looks to a client. */
export function isGone(error: unknown): boolean {
  const codes: readonly unknown[] = ["ECONNREFUSED", "ECONNRESET", "EPIPE"];
  return error instanceof Error && "code" in error && codes.includes(error.code);
}
