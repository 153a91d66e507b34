/** The error of the JSON parser, in a file of its own so that callers can import it without the parser. */
import { ProtocolError } from "../errors.ts";

/** Text that is not (extended) JSON. `position` counts UTF-16 units from 0. */
export class JsonSyntaxError extends ProtocolError {
  override readonly name: string = "JsonSyntaxError";
  /** Where in the text the parser stopped. */
  readonly position: number;

  constructor(message: string, position: number, options: ErrorOptions = {}) {
    super("invalid_argument", `${message} at position ${position}`, options);
    this.position = position;
  }
}
