/** Content that is to be uploaded: where it is, how long it is, and how to read any part of it more than once. */

/** Content of a file of a draft. */
export interface ContentSource {
  /** Where it lies on the disk; null for content in memory. */
  readonly localPath: string | null;
  readonly sizeBytes: number;
  /** When the file last changed as the draft saw it; null for content in memory. */
  readonly modifiedMs: number | null;
  /** Opens the content, or the bytes from one offset up to, not including, another. */
  open(range?: { readonly start: number; readonly end: number }): Blob | ReadableStream<Uint8Array>;
  /** Reads content, or a part of it, that is not larger than {@link READ_WHOLE_BYTES}. */
  bytes(range?: { readonly start: number; readonly end: number }): Promise<Uint8Array<ArrayBuffer>>;
}

/** Up to this size content is read at once: one read costs less than a stream. */
export const READ_WHOLE_BYTES: number = 4 * 2 ** 20;

/** Content in memory. */
export function memorySource(blob: Blob): ContentSource {
  return {
    localPath: null,
    sizeBytes: blob.size,
    modifiedMs: null,
    open: (range) => (range === undefined ? blob : blob.slice(range.start, range.end)),
    bytes: async (range) => {
      const part = range === undefined ? blob : blob.slice(range.start, range.end);
      return new Uint8Array(await part.arrayBuffer());
    },
  };
}
