/**
 * The registry of error codes: one name per kind of failure, with its HTTP status, so that servers, clients and
 * documents agree. Messages may change; codes may not.
 */

/** What a code stands for. */
export interface ErrorDescription {
  /** The HTTP status an answer with this code carries outside GraphQL. */
  readonly httpStatus: number;
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable: boolean;
  /** One sentence for people. */
  readonly meaning: string;
}

/** Every code there is. */
export type ErrorCode =
  | "invalid_argument"
  | "unauthenticated"
  | "permission_denied"
  | "not_found"
  | "method_not_allowed"
  | "already_exists"
  | "conflict"
  | "gone"
  | "payload_too_large"
  | "unsupported_media_type"
  | "range_not_satisfiable"
  | "resource_exhausted"
  | "cancelled"
  | "internal"
  | "unsupported"
  | "unavailable"
  | "deadline_exceeded";

/** The registry: code to status, retryability and meaning. */
export const ERROR_CODES: Readonly<Record<ErrorCode, ErrorDescription>> = {
  invalid_argument: {
    httpStatus: 400,
    retryable: false,
    meaning: "The request is malformed or a value in it breaks a rule; the message names the field.",
  },
  unauthenticated: {
    httpStatus: 401,
    retryable: false,
    meaning: "There are no credentials, or they are not valid.",
  },
  permission_denied: {
    httpStatus: 403,
    retryable: false,
    meaning: "The caller is known but may not do this.",
  },
  not_found: {
    httpStatus: 404,
    retryable: false,
    meaning: "What the request names does not exist, or the caller may not know that it does.",
  },
  method_not_allowed: {
    httpStatus: 405,
    retryable: false,
    meaning: "The path exists but not with this HTTP method.",
  },
  already_exists: {
    httpStatus: 409,
    retryable: false,
    meaning: "Something with this name or id is already there.",
  },
  conflict: {
    httpStatus: 409,
    retryable: false,
    meaning: "The state of the thing does not allow the change.",
  },
  gone: {
    httpStatus: 410,
    retryable: false,
    meaning: "It was there and has been deleted for good, or a signed URL has expired.",
  },
  payload_too_large: {
    httpStatus: 413,
    retryable: false,
    meaning: "The body or a value in it is larger than the limit in the message.",
  },
  unsupported_media_type: {
    httpStatus: 415,
    retryable: false,
    meaning: "The body's type or encoding is not one that this path reads.",
  },
  range_not_satisfiable: {
    httpStatus: 416,
    retryable: false,
    meaning: "The byte range asked for lies outside the file.",
  },
  resource_exhausted: {
    httpStatus: 429,
    retryable: true,
    meaning: "A rate limit or quota is used up; Retry-After says when to come back.",
  },
  cancelled: {
    httpStatus: 499,
    retryable: false,
    meaning: "The caller gave up before the answer was ready.",
  },
  internal: {
    httpStatus: 500,
    retryable: true,
    meaning: "The server failed; its log has the cause under the request id.",
  },
  unsupported: {
    httpStatus: 501,
    retryable: false,
    meaning: "This server does not have the feature.",
  },
  unavailable: {
    httpStatus: 503,
    retryable: true,
    meaning: "The server cannot answer now (starting, stopping, or a part of it is down).",
  },
  deadline_exceeded: {
    httpStatus: 504,
    retryable: true,
    meaning: "The answer took longer than the time allowed.",
  },
};

/** Tells whether a text is one of the codes. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** What a {@link ProtocolError} may carry besides its message. */
export interface ProtocolErrorOptions extends ErrorOptions {
  /** The field, argument or path of the offending part. */
  readonly field?: string | undefined;
}

/** The base of every error that this package throws: a code from the registry and, where known, the field. */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";
  /** The kind of failure. */
  readonly code: ErrorCode;
  /** The field, argument or path of the offending part, where there is one. */
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: ProtocolErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.field = options.field;
  }
}
