// Patterns that users write run on an engine whose time grows with the text alone, so that none can hang the server.
import type { RegexCompiler } from "@steelyard/protocol";
import { RE2JS, RE2JSException } from "re2js";
import { ServerError } from "../../errors.ts";
import { createLiteralSearch, parseLiteralPattern } from "./literal-pattern.ts";

/** Compiles RE2 syntax to a search that is not anchored. Throws `invalid_argument` naming the pattern. */
export const compileRe2: RegexCompiler = (pattern) => {
  const simple = parseLiteralPattern(pattern);
  if (simple === undefined) {
    const compiled = compile(pattern);
    return (text) => compiled.test(text);
  }
  const search = createLiteralSearch(simple);
  if (!simple.hasGaps) return search;
  let compiled: RE2JS | undefined;
  // Gaps end with the line.
  return (text) => (text.includes("\n") ? (compiled ??= compile(pattern)).test(text) : search(text));
};

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new ServerError(
      "invalid_argument",
      `${JSON.stringify(pattern)} is not RE2 syntax: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}
