/** The bodies of the file stream: how a run's lines arrive and what the answer says. */

/** The four files of the stream, by what they hold. */
export const FILE_STREAM_FILES = {
  /** One JSON object per step. */
  history: "wandb-history.jsonl",
  /** System metrics, one JSON object per sample. */
  events: "wandb-events.jsonl",
  /** One line: the whole summary. */
  summary: "wandb-summary.json",
  /** Console lines, addressed by line. */
  output: "output.log",
} as const;

/** What a file of the stream holds. */
export type FileStreamKind = keyof typeof FILE_STREAM_FILES;

/** Consecutive lines: `lines[offset + i] = content[i]`, overwriting. */
export interface FileStreamChunk {
  readonly offset: number;
  readonly content: readonly string[];
}

/** The body of a post; every member is optional, and `{}` is a heartbeat. */
export interface FileStreamRequest {
  readonly files?: Readonly<Record<string, FileStreamChunk>>;
  /** Paths of run files whose upload has finished. */
  readonly uploaded?: readonly string[];
  readonly preempting?: boolean;
  readonly complete?: boolean;
  readonly exitcode?: number;
}

/** The answer; `stopped` asks the client to end the run. */
export interface FileStreamResponse {
  readonly exitcode: number | null;
  readonly limits: Readonly<Record<string, never>>;
  readonly stopped?: boolean;
}
