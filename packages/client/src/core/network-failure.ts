/** Reads the reason out of what `fetch` throws: the useful part hides in a chain of causes. */

/** Codes of Node, Bun and Deno for requests that were never sent. Browsers do not say. */
const UNREACHED_CODES: readonly string[] = [
  "ConnectionRefused",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
];

const MAX_DEPTH = 5;

/** Why there was no answer, and whether the request certainly did not reach the server. */
export function describeNetworkFailure(failure: unknown): { reason: string; isUnreached: boolean } {
  const reasons: string[] = [];
  let isUnreached = false;
  let cause = failure;
  for (let depth = 0; depth < MAX_DEPTH && cause instanceof Error; depth += 1) {
    const code = codeOf(cause);
    if (code !== undefined && UNREACHED_CODES.includes(code)) isUnreached = true;
    // When several addresses were tried, the error around them has a code but no message.
    const parts: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [];
    const first = parts.find((part) => part instanceof Error);
    reasons.push(cause.message || first?.message || (code ?? cause.name));
    cause = cause.cause;
  }
  return { reason: reasons.length === 0 ? String(failure) : [...new Set(reasons)].join(": "), isUnreached };
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
