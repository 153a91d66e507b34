import type { Filter } from "./filter.ts";
/** Interim. */
export function printFilter(filter: Filter): string {
  throw new Error(`coming ${filter.kind}`);
}
