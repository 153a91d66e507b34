/** Looks at the text of a GraphQL document just enough to send it: which kind of operation, and its name. */

/** Comments, block strings and strings may hold anything, braces included; they are skipped. */
const TOKEN = /#[^\n]*|"""(?:\\"""|[^"]|"(?!""))*"""|"(?:\\.|[^"\\\n])*"|[{}]|\w+/g;

/** What a document's text says at its top level. */
export interface OperationSummary {
  /** The kind of the operation; a mutation if any operation is one. */
  readonly kind: "query" | "mutation";
  /** The name of the only named operation; null when there is none or there are several. */
  readonly name: string | null;
}

/** Reads the kind and the name of a document's operation. Never throws: the server judges the text. */
export function summarizeOperation(text: string): OperationSummary {
  let depth = 0;
  let kind: "query" | "mutation" = "query";
  let isNameNext = false;
  const names: string[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{") depth += 1;
    else if (token === "}") depth -= 1;
    else if (depth === 0 && /^\w/.test(token)) {
      if (isNameNext) names.push(token);
      if (token === "mutation" && !isNameNext) kind = "mutation";
      isNameNext = !isNameNext && (token === "query" || token === "mutation" || token === "subscription");
      continue;
    }
    isNameNext = false;
  }
  return { kind, name: names.length === 1 ? (names[0] ?? null) : null };
}
