/**
 * The client's error tree. Every error has a stable `code`, the request's id where a server gave one, and the
 * `cause`. Errors are told apart by code, so the guards also work across bundles and realms.
 */
import type { ErrorCode } from "@steelyard/protocol";

/** Codes that only a client gives, beside those of the protocol's registry. */
export type ClientErrorCode =
  | ErrorCode
  /** No answer within the time allowed. */
  | "timeout"
  /** The server could not be reached, or the connection broke. */
  | "connection_failed"
  /** The server answered with GraphQL errors that carry no known code. */
  | "graphql_error"
  /** The answer is not what the document promises; the message names the field. */
  | "invalid_response"
  /** The call makes no sense in this state or environment. */
  | "invalid_usage"
  /** Part of a run's history is not in its exported files yet. */
  | "incomplete_history"
  /** An HTTP status without a meaning of its own. */
  | "http_error";

/** What every error of this package may carry. */
export interface ErrorDetails {
  /** What led to the error. */
  readonly cause?: unknown;
  /** The stable kind. */
  readonly code?: ClientErrorCode;
  /** The server's id of the request. */
  readonly requestId?: string | null;
}

const BRAND = Symbol.for("@steelyard/client.error");

/** The base of every error that this package throws itself (an aborted signal's reason is thrown as it is). */
export class SteelyardError extends Error {
  override readonly name: string = "SteelyardError";
  /** The stable kind of error; messages may change, codes do not. */
  readonly code: ClientErrorCode;
  /** The server's id of the request that failed, or null. */
  readonly requestId: string | null;

  constructor(message: string, details: ErrorDetails & { readonly code: ClientErrorCode }) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.requestId = details.requestId ?? null;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** What a {@link CommError} may carry besides. */
export interface CommErrorDetails extends ErrorDetails {
  /** The HTTP status of the answer; null when there was none. */
  readonly status?: number | null;
}

/** Talking to the server failed. Mirrors `wandb.errors.CommError`. */
export class CommError extends SteelyardError {
  override readonly name: string = "CommError";
  /** The HTTP status of the answer; null when there was none. A GraphQL error usually comes with 200. */
  readonly status: number | null;

  constructor(message: string, details: CommErrorDetails = {}) {
    super(message, { ...details, code: details.code ?? "http_error" });
    this.status = details.status ?? null;
  }
}

/** The credentials are missing, malformed or refused. Mirrors `wandb.errors.AuthenticationError`. */
export class AuthenticationError extends CommError {
  override readonly name: string = "AuthenticationError";

  constructor(message: string, details: CommErrorDetails = {}) {
    super(message, { code: "unauthenticated", ...details });
  }
}

/** The caller is known but may not do this. */
export class PermissionError extends CommError {
  override readonly name: string = "PermissionError";

  constructor(message: string, details: CommErrorDetails = {}) {
    super(message, { code: "permission_denied", ...details });
  }
}

/** What was asked for does not exist, or may not be seen. */
export class NotFoundError extends CommError {
  override readonly name: string = "NotFoundError";

  constructor(message: string, details: CommErrorDetails = {}) {
    super(message, { code: "not_found", ...details });
  }
}

/** The name is taken, or the state of the thing does not allow the change. */
export class ConflictError extends CommError {
  override readonly name: string = "ConflictError";

  constructor(message: string, details: CommErrorDetails = {}) {
    super(message, { code: "conflict", ...details });
  }
}

/** Too many requests, after all retries. */
export class RateLimitError extends CommError {
  override readonly name: string = "RateLimitError";
  /** How long the server asks to wait, in milliseconds; null when it does not say. */
  readonly retryAfterMs: number | null;

  constructor(message: string, details: CommErrorDetails & { readonly retryAfterMs?: number | null } = {}) {
    super(message, { code: "resource_exhausted", ...details });
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

/** No answer within the time allowed, after all retries. */
export class TimeoutError extends CommError {
  override readonly name: string = "TimeoutError";

  constructor(message: string, details: CommErrorDetails = {}) {
    super(message, { code: "timeout", ...details });
  }
}

/** The server could not be reached, or the connection broke, after all retries. */
export class ConnectionError extends CommError {
  override readonly name: string = "ConnectionError";

  constructor(message: string, details: CommErrorDetails = {}) {
    super(message, { code: "connection_failed", ...details });
  }
}

/** The call makes no sense in this state or environment. Mirrors `wandb.errors.UsageError`. */
export class UsageError extends SteelyardError {
  override readonly name: string = "UsageError";

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { code: "invalid_usage", ...details });
  }
}

/** The server or this runtime cannot do it. Mirrors `wandb.errors.UnsupportedError`. */
export class UnsupportedError extends UsageError {
  override readonly name: string = "UnsupportedError";

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { code: "unsupported", ...details });
  }
}

/** An argument has a value that is not allowed. Stands for Python's `ValueError`. */
export class ValueError extends SteelyardError {
  override readonly name: string = "ValueError";

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { code: "invalid_argument", ...details });
  }
}

/** Part of a run's history is not exported yet. Mirrors `IncompleteRunHistoryError`. */
export class IncompleteRunHistoryError extends SteelyardError {
  override readonly name: string = "IncompleteRunHistoryError";

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { code: "incomplete_history", ...details });
  }
}

/** Tells whether something thrown is an error of this package, whichever copy of it made it. */
export function isSteelyardError(error: unknown): error is SteelyardError {
  return error instanceof Error && BRAND in error && error[BRAND] === true;
}

/** Tells whether something does not exist: a 404 or a `not_found`. */
export function isNotFound(error: unknown): error is NotFoundError {
  return hasCode(error, "not_found", "gone");
}

/** Tells whether the credentials are missing or refused. */
export function isAuthenticationError(error: unknown): error is AuthenticationError {
  return hasCode(error, "unauthenticated");
}

/** Tells whether the caller may not do this. */
export function isPermissionError(error: unknown): error is PermissionError {
  return hasCode(error, "permission_denied");
}

/** Tells whether a name is taken or a state does not allow the change. */
export function isConflict(error: unknown): error is ConflictError {
  return hasCode(error, "conflict", "already_exists");
}

/** Tells whether there were too many requests. */
export function isRateLimited(error: unknown): error is RateLimitError {
  return hasCode(error, "resource_exhausted");
}

/** Tells whether no answer came in time. */
export function isTimeout(error: unknown): error is TimeoutError {
  return hasCode(error, "timeout");
}

/** Tells whether the server could not be reached. */
export function isConnectionError(error: unknown): error is ConnectionError {
  return hasCode(error, "connection_failed");
}

/** Tells whether the server or the runtime cannot do it. */
export function isUnsupported(error: unknown): error is UnsupportedError {
  return hasCode(error, "unsupported");
}

function hasCode(error: unknown, ...codes: readonly ClientErrorCode[]): boolean {
  return isSteelyardError(error) && codes.includes(error.code);
}
