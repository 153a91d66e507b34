/** The one place where a failure becomes an HTTP answer outside GraphQL. */
import { ERROR_CODES } from "@steelyard/protocol";
import type { ErrorBody, ErrorCode } from "@steelyard/protocol";
import type { FastifyInstance } from "fastify";
import { isCodedError } from "../errors.ts";

/** A status with its body. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  /** Whether the cause must be logged because the caller is not told of it. */
  readonly isDefect: boolean;
}

/** What the caller is told of a failure. Unexpected ones are told by request id only. */
export function toErrorAnswer(error: unknown, requestId: string): ErrorAnswer {
  if (isCodedError(error)) {
    const field = error.field === undefined ? {} : { field: error.field };
    return answer(error.code, error.message, requestId, field);
  }
  const code = codeOfHttpError(error);
  if (code !== undefined && error instanceof Error) return answer(code, error.message, requestId, {});
  return answer("internal", `The server failed; its log has the cause under ${requestId}`, requestId, {});
}

/** Makes an app answer every failure and every unknown path in the same form. */
export function registerErrorAnswers(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, body, isDefect } = toErrorAnswer(error, request.id);
    if (isDefect) request.log.error({ err: error, requestId: request.id }, "request failed");
    void reply.code(status).send(body);
  });
  app.setNotFoundHandler((request, reply) => {
    const body: ErrorBody = {
      error: { code: "not_found", message: "There is nothing at this address", requestId: request.id },
    };
    void reply.code(404).send(body);
  });
}

function answer(
  code: ErrorCode,
  message: string,
  requestId: string,
  field: { readonly field?: string },
): ErrorAnswer {
  return {
    status: ERROR_CODES[code].httpStatus,
    body: { error: { code, message, ...field, requestId } },
    isDefect: code === "internal",
  };
}

/** Failures of the HTTP library itself, such as a body that is too large. */
function codeOfHttpError(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number")
    return undefined;
  switch (error.statusCode) {
    case 413:
      return "payload_too_large";
    case 415:
      return "unsupported_media_type";
    case 503:
      return "unavailable";
    default:
      return error.statusCode >= 400 && error.statusCode < 500 ? "invalid_argument" : undefined;
  }
}
