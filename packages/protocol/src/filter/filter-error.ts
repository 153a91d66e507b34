/** The error of the filter and order language. */
import { ProtocolError } from "../errors.ts";

/** A filter or order that cannot be used. `field` is the path of the offending part, e.g. `$and[0].config.lr`. */
export class FilterError extends ProtocolError {
  override readonly name: string = "FilterError";

  constructor(message: string, field?: string, options: ErrorOptions = {}) {
    super("invalid_argument", message, { ...options, field });
  }
}
