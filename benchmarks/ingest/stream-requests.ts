// Requests made once, for our server and for MLflow, with the same values: while the load runs only digits are written
// into them, so that the generator takes little of the machine that it measures.

/** What a request holds. */
export interface RequestShape {
  readonly rowsARequest: number;
  readonly keysARow: number;
  /** Whether each request brings the whole summary, as the client's do. @default false */
  readonly hasSummary?: boolean;
}

/** Where and as whom to send. */
export interface RequestTarget {
  readonly host: string;
  readonly path: string;
  /** @default nobody */
  readonly authorization?: string;
}

/** Steps begin here, so that all have the same number of digits. */
const firstStep = 1_000_000;
const marks = { offset: "OFFSETXX", step: "STEPXXX" };

/** One request of one run, to be sent again and again with other line numbers. */
export class PatchedRequest {
  readonly bytes: Buffer;
  readonly #offsetAt: number;
  readonly #stepsAt: readonly number[];
  readonly #marksARow: number;

  /** `body` holds the marks that are replaced; each row has `marksARow` steps. */
  constructor(target: RequestTarget, body: string, marksARow: number) {
    const head = [
      `POST ${target.path} HTTP/1.1`,
      `Host: ${target.host}`,
      ...(target.authorization === undefined ? [] : [`Authorization: ${target.authorization}`]),
      "User-Agent: ingest-benchmark",
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
    ].join("\r\n");
    this.bytes = Buffer.from(`${head}\r\n\r\n${body}`);
    this.#offsetAt = this.bytes.indexOf(marks.offset);
    this.#stepsAt = positionsOf(this.bytes, marks.step);
    this.#marksARow = marksARow;
  }

  /** Writes the number of the first line, and of each line its step. */
  setFirstLine(line: number): void {
    if (this.#offsetAt !== -1) writeDigits(this.bytes, this.#offsetAt, marks.offset.length, line);
    for (const [index, at] of this.#stepsAt.entries()) {
      const row = Math.floor(index / this.#marksARow);
      writeDigits(this.bytes, at, marks.step.length, firstStep + line + row);
    }
  }
}

/** A file_stream request as the client sends it. */
export function createStreamRequest(
  target: RequestTarget,
  shape: RequestShape,
  seed: number,
): PatchedRequest {
  const { rowsARequest, keysARow, hasSummary = false } = shape;
  const random = randomOf(seed);
  const row = (index: number): string => {
    const values = Array.from({ length: keysARow }, (_, key) => `"metric/${key}":${random()}`);
    const time = 1_700_000_000 + index + random();
    return `{${values.join(",")},"_runtime":${index + random()},"_timestamp":${time},"_step":${marks.step}}`;
  };
  const lines = Array.from({ length: rowsARequest }, (_, index) => JSON.stringify(row(index))).join(",");
  const history = `"wandb-history.jsonl":{"offset":${marks.offset},"content":[${lines}]}`;
  const last = row(0).replace(marks.step, "0");
  const summary = `"wandb-summary.json":{"offset":0,"content":[${JSON.stringify(last)}]}`;
  return new PatchedRequest(target, `{"files":{${hasSummary ? `${history},${summary}` : history}}}`, 1);
}

/** The same values as MLflow's `log-batch` takes them. */
export function createMlflowRequest(
  target: RequestTarget,
  shape: RequestShape & { readonly runId: string },
  seed: number,
): PatchedRequest {
  const random = randomOf(seed);
  const metrics = Array.from({ length: shape.rowsARequest * shape.keysARow }, (_, index) => {
    const timestamp = 1_700_000_000_000 + Math.floor(index / shape.keysARow);
    const key = `metric/${index % shape.keysARow}`;
    return `{"key":"${key}","value":${random()},"timestamp":${timestamp},"step":${marks.step}}`;
  });
  const body = `{"run_id":"${shape.runId}","metrics":[${metrics.join(",")}]}`;
  return new PatchedRequest(target, body, shape.keysARow);
}

/** Spaces before the first digit: JSON allows them before a number and forbids zeros. */
function writeDigits(bytes: Buffer, at: number, width: number, value: number): void {
  let rest = value;
  for (let place = at + width - 1; place >= at; place -= 1) {
    bytes[place] = rest === 0 && place < at + width - 1 ? 32 : 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}

function positionsOf(bytes: Buffer, mark: string): readonly number[] {
  const positions: number[] = [];
  for (let at = bytes.indexOf(mark); at !== -1; at = bytes.indexOf(mark, at + 1)) positions.push(at);
  return positions;
}

/** Numbers from 0 to 1 with all their digits, the same for the same seed: the worst that compression can meet. */
function randomOf(seed: number): () => number {
  let state = seed + 1;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647);
  return () => (next() * 2_147_483_647 + next()) / 2 ** 62;
}
