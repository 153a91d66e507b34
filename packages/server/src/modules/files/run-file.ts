/** A file that a run saved. It is announced first and has content once an upload has ended. */
export interface RunFile {
  readonly projectId: number;
  readonly runId: number;
  readonly fileId: number;
  /** Path inside the run. */
  readonly name: string;
  /** What is stored; null before the first upload has ended. */
  readonly content: RunFileContent | null;
  readonly createdAt: string;
  /** When the content last changed. */
  readonly updatedAt: string;
}

/** The stored bytes of a file. */
export interface RunFileContent {
  readonly blobKey: string;
  readonly sizeBytes: number;
  /** MD5 in base64. */
  readonly md5: string;
}
