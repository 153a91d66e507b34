// Requests as the client sends them, made once: while the load runs only digits are written into them, so that the
// generator takes little of the machine that it measures.

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
  readonly apiKey: string;
}

/** Steps begin here, so that all have the same number of digits. */
const firstStep = 1_000_000;
const offsetDigits = 8;
const marks = { offset: "OFFSETXX", step: "STEPXXX" };

/** One request of one run, to be sent again and again with other line numbers. */
export class StreamRequest {
  readonly bytes: Buffer;
  readonly #offsetAt: number;
  readonly #stepsAt: readonly number[];

  constructor(target: RequestTarget, shape: RequestShape, seed: number) {
    const body = bodyOf(shape, seed);
    const head = [
      `POST ${target.path} HTTP/1.1`,
      `Host: ${target.host}`,
      `Authorization: Basic ${Buffer.from(`api:${target.apiKey}`).toString("base64")}`,
      "User-Agent: ingest-benchmark",
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
    ].join("\r\n");
    this.bytes = Buffer.from(`${head}\r\n\r\n${body}`);
    this.#offsetAt = this.bytes.indexOf(marks.offset);
    this.#stepsAt = positionsOf(this.bytes, marks.step);
  }

  /** Writes the number of the first line, and of each line its step. */
  setFirstLine(line: number): void {
    writeDigits(this.bytes, this.#offsetAt, offsetDigits, line);
    for (const [index, at] of this.#stepsAt.entries())
      writeDigits(this.bytes, at, marks.step.length, firstStep + line + index);
  }
}

function bodyOf({ rowsARequest, keysARow, hasSummary = false }: RequestShape, seed: number): string {
  const random = randomOf(seed);
  const row = (index: number): string => {
    const values = Array.from({ length: keysARow }, (_, key) => `"metric/${key}":${random()}`);
    const time = 1_700_000_000 + index + random();
    return `{${values.join(",")},"_runtime":${index + random()},"_timestamp":${time},"_step":${marks.step}}`;
  };
  const lines = Array.from({ length: rowsARequest }, (_, index) => JSON.stringify(row(index))).join(",");
  const history = `"wandb-history.jsonl":{"offset":${marks.offset},"content":[${lines}]}`;
  const summary = `"wandb-summary.json":{"offset":0,"content":[${JSON.stringify(row(0))}]}`;
  return `{"files":{${hasSummary ? `${history},${summary}` : history}}}`;
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
