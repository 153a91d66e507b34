/** The port of what turns exported rows into the bytes of a file. It costs processor time, so it runs in a thread of its own. */
import type { ExportFormat } from "@steelyard/protocol";
import type { ExportColumn } from "./export-columns.ts";
import type { RowOwner } from "./row-table.ts";

/** Encoders by number, so that they can be called from another thread. */
export interface ExportEncoders {
  /** Begins a file; `close` must follow. The columns are those of tables; a form without columns ignores them. */
  open(request: {
    readonly format: ExportFormat;
    readonly columns: readonly ExportColumn[];
  }): Promise<{ readonly encoderId: number }>;
  /** Adds rows of a run, as JSON texts, and returns the bytes that are ready; often none. */
  append(request: {
    readonly encoderId: number;
    readonly owner: RowOwner;
    readonly rows: readonly string[];
  }): Promise<Uint8Array>;
  /** Ends the file and returns its last bytes. */
  finish(request: { readonly encoderId: number }): Promise<Uint8Array>;
  /** Forgets a file, finished or not; one that is not there is no error. */
  close(request: { readonly encoderId: number }): Promise<void>;
}
