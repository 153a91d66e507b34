/** Takes file_stream requests: history first, then the run's document, then the answer; many requests share a commit. */
export interface StreamIngest {
  /** Ends when everything in the body is durable. Throws `invalid_argument` for a body that is not JSON of the right shape, `not_found` when there is no such run. */
  append(request: StreamAppend): Promise<StreamReply>;
}

/** One request, its body untouched. */
export interface StreamAppend {
  readonly projectId: number;
  readonly runName: string;
  /** Belongs to the ingest from now on: its memory may be taken away from the caller. */
  readonly body: Uint8Array;
  readonly encoding: "identity" | "gzip";
  /** Identity of the writing process in shared mode, otherwise empty. */
  readonly writer: string;
  readonly receivedAt: string;
}

/** What the run's process is told. */
export interface StreamReply {
  readonly isStopRequested: boolean;
  /** Lines and fields that could not be understood; they are kept where that is possible. */
  readonly problems: readonly StreamProblem[];
}

/** Something in a request that could not be understood. */
export interface StreamProblem {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}
