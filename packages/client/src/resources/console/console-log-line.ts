/** A line that a run printed. */
import { parseInstantOrNull } from "../../core/dates.ts";
import { CommError } from "../../core/errors.ts";
import type { ConsoleLineFieldsFragment } from "../../generated/console-documents.ts";

/** A console line. Mirrors `wandb.apis.public.ConsoleLogLine`. */
export class ConsoleLogLine {
  /** Number of the line, from 0. */
  readonly number: number;
  /** When it was printed; null when the line does not say. */
  readonly timestamp: Date | null;
  /** The same instant as the server wrote it, with all its digits. */
  readonly timestampText: string | null;
  /** `error` for the error stream, otherwise empty. */
  readonly level: string;
  /** Label of the process that printed it, otherwise empty. */
  readonly label: string;
  /** The text, without a line break. */
  readonly content: string;

  constructor(fields: ConsoleLineFieldsFragment) {
    if (fields.number === null) {
      throw new CommError("Unexpected answer: a console line has no number", { code: "invalid_response" });
    }
    this.number = fields.number;
    this.timestampText = fields.timestamp === "" ? null : fields.timestamp;
    this.timestamp = parseInstantOrNull(this.timestampText, "logLines.timestamp");
    this.level = fields.level ?? "";
    this.label = fields.label ?? "";
    this.content = fields.line ?? "";
  }

  /** The text, so that a line can be printed as it is. */
  toString(): string {
    return this.content;
  }
}
