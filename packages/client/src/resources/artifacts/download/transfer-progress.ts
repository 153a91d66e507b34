/** How far a transfer of many files is. */

/** What `onProgress` is told after each piece. */
export interface TransferProgress {
  /** The file that the news is about. */
  readonly path: string;
  /** Files that are done, those that needed no transfer included. */
  readonly filesDone: number;
  readonly filesTotal: number;
  /** Bytes that are done, those that needed no transfer included. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** Hears how far a transfer is. */
export type ProgressListener = (progress: TransferProgress) => void;

/** Counts what is done and tells it. */
export class ProgressCount {
  readonly #listener: ProgressListener | undefined;
  readonly #filesTotal: number;
  readonly #bytesTotal: number;
  #filesDone = 0;
  #bytesDone = 0;

  constructor(sizes: readonly { readonly size: number | null }[], listener: ProgressListener | undefined) {
    this.#listener = listener;
    this.#filesTotal = sizes.length;
    this.#bytesTotal = sizes.reduce((sum, { size }) => sum + (size ?? 0), 0);
  }

  /** Some bytes of a file arrived; a negative number takes back what has to be sent again. */
  bytes(path: string, count: number): void {
    this.#bytesDone += count;
    this.#tell(path);
  }

  /** A file is done. */
  file(path: string): void {
    this.#filesDone += 1;
    this.#tell(path);
  }

  #tell(path: string): void {
    this.#listener?.({
      path,
      filesDone: this.#filesDone,
      filesTotal: this.#filesTotal,
      bytesDone: this.#bytesDone,
      bytesTotal: this.#bytesTotal,
    });
  }
}
