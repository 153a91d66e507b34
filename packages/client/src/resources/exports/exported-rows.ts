/** Reads the lines of an NDJSON export: whose row each is, and the row. */
import { isJsonObject } from "@steelyard/protocol";

import { parseObjectText } from "../../core/json-text.ts";
import type { HistoryRow } from "../history/history-row.ts";

/** Takes bytes apart into rows, however they are cut. */
export class ExportedRowReader {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** The rows of the lines that are whole with these bytes. */
  push(bytes: Uint8Array): readonly HistoryRow[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => {
      const { row } = parseObjectText(line, "exported row");
      return isJsonObject(row) ? row : {};
    });
  }
}
