import type { Filter } from "./filter.ts";
/** Interim. */
export function parseFilter(input: unknown): Filter {
  throw new Error(`coming ${typeof input}`);
}
