/** The size of a page that a caller asks for. */
import { ServerError } from "../../errors.ts";

const DEFAULT_PAGE = 50;

/** The number of elements to give, at most `max`. Throws `invalid_argument` for a negative number. @default 50 */
export function parsePageSize(first: number | null, max: number): number {
  if (first !== null && first < 0) {
    throw new ServerError("invalid_argument", "first must be 0 or more", { field: "first" });
  }
  return Math.min(first ?? DEFAULT_PAGE, max);
}
