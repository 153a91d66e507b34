/**
 * Decides whether and when a failed request is sent again. A pure plan, so that tests need no network: W&B's list of
 * final statuses, full jitter over exponential back-off, and what the server itself asks for.
 */

/** How one attempt ended, if not well. */
export type FailedAttempt =
  /** The server answered with a status of 400 or more. */
  | { readonly kind: "status"; readonly status: number; readonly waitMs: number | null }
  /** The request certainly did not reach the server: no address, or nobody listens there. */
  | { readonly kind: "unreached" }
  /** The connection broke, or the time was up: the server may have done the work. */
  | { readonly kind: "lost" };

/** Limits of retrying. */
export interface RetryPolicy {
  /** How many times a request is sent again after the first attempt. */
  readonly maxRetries: number;
  /** Upper bound of the first wait. @default 500 */
  readonly baseDelayMs: number;
  /** Upper bound of any wait; a server that asks for more gets an error instead. @default 60000 */
  readonly maxDelayMs: number;
}

/** The policy that `Api` uses unless told otherwise: 5 retries, waits of at most 0.5 s, 1 s, 2 s, 4 s and 8 s. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = { maxRetries: 5, baseDelayMs: 500, maxDelayMs: 60_000 };

/** Statuses that are final: the same request would fail again. The list is that of W&B's client. */
export const FINAL_STATUSES: readonly number[] = [400, 401, 403, 404, 409, 410, 413, 422, 501];

/** What {@link planRetry} needs to know. */
export interface RetryQuestion {
  readonly failure: FailedAttempt;
  /** How many attempts there were; 1 after the first. */
  readonly attempts: number;
  /** Whether doing the work twice is the same as doing it once. */
  readonly isIdempotent: boolean;
  readonly policy: RetryPolicy;
  /** From 0 to 1; the jitter. */
  readonly random: number;
}

/** How long to wait before the next attempt, in milliseconds, or null when there is to be none. */
export function planRetry({ failure, attempts, isIdempotent, policy, random }: RetryQuestion): number | null {
  if (attempts > policy.maxRetries) return null;
  if (!isIdempotent && !isCertainlyNotDone(failure)) return null;
  if (failure.kind === "status" && FINAL_STATUSES.includes(failure.status)) return null;
  const asked = failure.kind === "status" ? failure.waitMs : null;
  if (asked !== null && asked > policy.maxDelayMs) return null;
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempts - 1));
  return Math.max(asked ?? 0, Math.round(random * ceiling));
}

/** 429 is a refusal: the server says that it did not do the work. */
function isCertainlyNotDone(failure: FailedAttempt): boolean {
  return failure.kind === "unreached" || (failure.kind === "status" && failure.status === 429);
}

/** How long the answer's headers ask to wait, in milliseconds: `Retry-After` (seconds or a date), else the rate limit. */
export function readWait(headers: Headers, now: number): number | null {
  return readRetryAfter(headers.get("retry-after"), now) ?? readRateLimit(headers);
}

/** What `Retry-After` says, in milliseconds from now; null when it is absent or not understood. */
export function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const trimmed = value.trim();
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Math.ceil(Number(trimmed) * 1_000);
  const at = Date.parse(trimmed);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** The time until the rate limit's window ends, if nothing is left in it; in milliseconds. */
export function readRateLimit(headers: Headers): number | null {
  const remaining = Number(headers.get("ratelimit-remaining") ?? Number.NaN);
  const reset = Number(headers.get("ratelimit-reset") ?? Number.NaN);
  if (Number.isNaN(remaining) || Number.isNaN(reset) || remaining >= 1 || reset < 0) return null;
  return Math.ceil(reset * 1_000);
}
