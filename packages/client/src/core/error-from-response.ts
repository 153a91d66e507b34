/** Turns failed answers into errors of the tree: by HTTP status, and by the codes of GraphQL errors. */
import { ERROR_CODES, isErrorCode, isJsonArray, isJsonObject, parseJson } from "@steelyard/protocol";
import type { ErrorCode, JsonObject, JsonValue } from "@steelyard/protocol";

import {
  AuthenticationError,
  CommError,
  ConflictError,
  NotFoundError,
  PermissionError,
  RateLimitError,
} from "./errors.ts";
import type { CommErrorDetails } from "./errors.ts";

const MAX_SHOWN_BODY = 500;

/** What is known of a failed answer. */
export interface FailedAnswer {
  readonly status: number;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  /** What was asked, for the message: an operation's name or a path. Never a secret. */
  readonly what: string;
}

/** The error for an answer with a status of 400 or more; the message comes from its body. */
export function errorFromStatus(answer: FailedAnswer, body: string): CommError {
  const found = readBody(body);
  const code = found.code ?? codeOfStatus(answer.status);
  const reason = found.message ?? (body.trim().slice(0, MAX_SHOWN_BODY) || "no explanation");
  return createError(code, `${answer.what}: HTTP ${answer.status}: ${reason}`, answer);
}

/** The error for an answer with 200 and GraphQL errors; partial data is discarded, as Python does. */
export function errorFromGraphql(answer: FailedAnswer, errors: readonly JsonValue[]): CommError {
  const messages = errors.map(messageOf);
  const code = errors.map(codeOf).find((found) => found !== undefined);
  const joined = messages.length === 1 ? messages.join("") : `[${messages.join("; ")}]`;
  return createError(code, `${answer.what}: ${joined}`, answer, "graphql_error");
}

function createError(
  code: ErrorCode | undefined,
  message: string,
  answer: FailedAnswer,
  fallback: "graphql_error" | "http_error" = "http_error",
): CommError {
  const details: CommErrorDetails = {
    status: answer.status,
    requestId: answer.requestId,
    code: code ?? fallback,
  };
  switch (code) {
    case "unauthenticated":
      return new AuthenticationError(message, details);
    case "permission_denied":
      return new PermissionError(message, details);
    case "not_found":
    case "gone":
      return new NotFoundError(message, details);
    case "conflict":
    case "already_exists":
      return new ConflictError(message, details);
    case "resource_exhausted":
      return new RateLimitError(message, { ...details, retryAfterMs: answer.retryAfterMs });
    case undefined:
    case "cancelled":
    case "deadline_exceeded":
    case "internal":
    case "invalid_argument":
    case "method_not_allowed":
    case "payload_too_large":
    case "range_not_satisfiable":
    case "unavailable":
    case "unsupported":
    case "unsupported_media_type":
      return new CommError(message, details);
  }
}

function codeOfStatus(status: number): ErrorCode | undefined {
  if (status === 409) return "conflict";
  if (status === 422) return "invalid_argument";
  return Object.keys(ERROR_CODES)
    .filter(isErrorCode)
    .find((code) => ERROR_CODES[code].httpStatus === status);
}

/** Understands `{"error": text | {message, code}}` and `{"errors": [text | {message}]}`. */
function readBody(body: string): { message?: string; code?: ErrorCode | undefined } {
  let parsed: JsonValue;
  try {
    parsed = parseJson(body);
  } catch {
    return {}; // Not JSON: the body itself is shown.
  }
  if (!isJsonObject(parsed)) return {};
  const { errors } = parsed;
  if (isJsonArray(errors) && errors.length > 0) {
    const messages = errors.map(messageOf);
    const code = errors.map(codeOf).find((found) => found !== undefined);
    return { message: messages.length === 1 ? messages.join("") : `[${messages.join("; ")}]`, code };
  }
  const { error } = parsed;
  if (typeof error === "string") return { message: error };
  return isJsonObject(error) ? { message: messageOf(error), code: codeOf(error) } : {};
}

function messageOf(error: JsonValue | undefined): string {
  if (typeof error === "string") return error;
  if (isJsonObject(error) && typeof error["message"] === "string") {
    const { path } = error;
    return isJsonArray(path) && path.length > 0
      ? `${error["message"]} (at ${path.map(String).join(".")})`
      : error["message"];
  }
  return "unknown error";
}

function codeOf(error: JsonValue | undefined): ErrorCode | undefined {
  if (!isJsonObject(error)) return undefined;
  return knownCode(error) ?? (isJsonObject(error["extensions"]) ? knownCode(error["extensions"]) : undefined);
}

function knownCode(holder: JsonObject): ErrorCode | undefined {
  const code = holder["code"];
  if (typeof code !== "string") return undefined;
  const lower = code.toLowerCase();
  return isErrorCode(lower) ? lower : undefined;
}
