/** Logs one run over the wire that the Python client speaks, for the example project. */

/** Where to log to. */
export interface LogTarget {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly project: string;
}

/** What the run starts with. */
export interface RunStart {
  readonly name: string;
  readonly displayName: string;
  readonly config: Readonly<Record<string, number | string>>;
  readonly tags: readonly string[];
  readonly notes: string;
}

const UPSERT = `mutation UpsertBucket($name: String, $project: String, $displayName: String, $config: JSONString, $tags: [String!], $notes: String) {
  upsertBucket(input: { name: $name, modelName: $project, displayName: $displayName, config: $config, tags: $tags, notes: $notes }) {
    bucket { name project { name entity { name } } }
  }
}`;

/** A run that is being logged. Rows are gathered and sent by `finish`. */
export class RunLogger {
  readonly #target: LogTarget;
  readonly #streamUrl: string;
  readonly #rows: string[] = [];
  #summary: Readonly<Record<string, unknown>> = {};

  private constructor(target: LogTarget, streamUrl: string) {
    this.#target = target;
    this.#streamUrl = streamUrl;
  }

  /** Creates the run. Throws when the server refuses. */
  static async start(target: LogTarget, run: RunStart): Promise<RunLogger> {
    const config = Object.fromEntries(Object.entries(run.config).map(([key, value]) => [key, { value }]));
    const answer = await post(target, `${target.baseUrl}/graphql`, {
      operationName: "UpsertBucket",
      query: UPSERT,
      variables: { ...run, project: target.project, config: JSON.stringify(config) },
    });
    const entity = text(answer, ["data", "upsertBucket", "bucket", "project", "entity", "name"]);
    const project = text(answer, ["data", "upsertBucket", "bucket", "project", "name"]);
    const path = [entity, project, run.name].map(encodeURIComponent).join("/");
    return new RunLogger(target, `${target.baseUrl}/files/${path}/file_stream`);
  }

  /** Adds a row of history at the next step; its values become the summary's. */
  log(values: Readonly<Record<string, number>>): void {
    const row = { _step: this.#rows.length, _timestamp: Date.now() / 1000, ...values };
    this.#rows.push(JSON.stringify(row));
    this.#summary = { ...this.#summary, ...row };
  }

  /** Sends what was logged and ends the run with exit code 0. */
  async finish(): Promise<void> {
    await post(this.#target, this.#streamUrl, {
      files: {
        "wandb-history.jsonl": { offset: 0, content: this.#rows },
        "wandb-summary.json": { offset: 0, content: [JSON.stringify(this.#summary)] },
      },
      complete: true,
      exitcode: 0,
    });
  }
}

async function post(target: LogTarget, url: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Basic ${Buffer.from(`api:${target.apiKey}`).toString("base64")}`,
    },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`The example could not be logged: HTTP ${response.status} ${answer}`);
  return JSON.parse(answer);
}

/** The text at a path of an answer; the whole answer stands in the error when it is not there. */
function text(answer: unknown, path: readonly string[]): string {
  let value: unknown = answer;
  for (const key of path)
    value = value !== null && typeof value === "object" ? Reflect.get(value, key) : undefined;
  if (typeof value !== "string")
    throw new Error(`The example could not be logged: ${JSON.stringify(answer)}`);
  return value;
}
