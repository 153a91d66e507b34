/** Orders of lists of artifacts and collections: one field with a sign. */
import { ValueError } from "../../core/errors.ts";

/**
 * An order as servers take it: with a sign, ascending when none was given.
 *
 * @throws {ValueError} when it is not a field with or without a sign, or none of the allowed fields.
 */
export function signedOrder(order: string, allowed?: readonly string[]): string {
  const [, sign = "", field = ""] = /^([+-]?)([A-Za-z_]\w*)$/.exec(order) ?? [];
  if (field === "" || (allowed !== undefined && !allowed.includes(field))) {
    const expected = allowed === undefined ? "a field" : `one of ${allowed.join(", ")}`;
    throw new ValueError(
      `Invalid order ${JSON.stringify(order)}: expected ${expected}, with "+" or "-" in front`,
    );
  }
  return `${sign === "" ? "+" : sign}${field}`;
}
