/** The error of damaged sealed files, apart so that callers can tell damage from other failures. */
import { ProtocolError } from "../errors.ts";

/** The files of a sealed part are damaged, cut short, of another version, or do not belong together. */
export class SealedPartError extends ProtocolError {
  override readonly name: string = "SealedPartError";

  constructor(message: string, options: ErrorOptions = {}) {
    super("internal", `Sealed history is damaged: ${message}`, options);
  }
}
