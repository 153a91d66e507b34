import type { Filter, RegexCompiler } from "./filter.ts";
import type { RunDocument } from "./run-document.ts";
/** Interim. */
export function compileRunFilter(
  filter: Filter,
  options: { readonly regex: RegexCompiler },
): (run: RunDocument) => boolean {
  throw new Error(`coming ${filter.kind} ${typeof options}`);
}
