/** One place where an answer that cannot be read becomes an error of the tree. */
import { JsonSyntaxError } from "@steelyard/protocol";

import { ShapeError } from "./decode.ts";
import { CommError } from "./errors.ts";

/**
 * Reads a part of an answer.
 *
 * @throws {CommError} with code `invalid_response`, what was read and the place, when it has not the shape expected.
 */
export function readAnswer<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ShapeError) && !(cause instanceof JsonSyntaxError)) throw cause;
    throw new CommError(`${what}: unexpected answer: ${cause.message}`, { code: "invalid_response", cause });
  }
}
