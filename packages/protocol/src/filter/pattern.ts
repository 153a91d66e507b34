/** Compiles the pattern of a `$regex` with its options, through the engine that the caller passes. */
import { FilterError } from "./filter-error.ts";
import type { RegexCompiler } from "./filter.ts";

/**
 * A search for the pattern. Options become an inline group, which RE2 and modern JavaScript both read; the bare pattern
 * is compiled first, so that a stray bracket cannot close that group.
 *
 * @throws {FilterError} naming the field, when the engine refuses the pattern.
 */
export function compilePattern(
  pattern: string,
  flags: string,
  field: string,
  regex: RegexCompiler,
): (text: string) => boolean {
  try {
    const search = regex(pattern);
    return flags === "" ? search : regex(`(?${flags}:${pattern})`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FilterError(`The pattern of $regex on ${field} does not compile: ${reason}`, field, { cause });
  }
}
