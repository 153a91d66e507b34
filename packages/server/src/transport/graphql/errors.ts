/** The one place where a failure inside GraphQL becomes an entry of `errors`. */
import { GraphQLError } from "graphql";
import type { GraphQLFormattedError } from "graphql";
import { ERROR_CODES } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import { toErrorAnswer } from "../error-answer.ts";

/** An entry of `errors`, and the cause when it is a defect to be logged. */
export interface FormattedError {
  readonly error: GraphQLFormattedError;
  readonly defect: unknown;
}

/** What the caller is told. Failures without a cause of their own are the document's: `invalid_argument`. */
export function formatError(error: GraphQLError, requestId: string): FormattedError {
  const { message, locations, path } = error.toJSON();
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const cause = error.originalError;
  if (cause === undefined || cause instanceof GraphQLError) {
    return { error: { message, ...place, extensions: { code: "invalid_argument" } }, defect: undefined };
  }
  const { body, isDefect } = toErrorAnswer(cause, requestId);
  const { message: told, ...extensions } = body.error;
  return { error: { message: told, ...place, extensions }, defect: isDefect ? cause : undefined };
}

/** The HTTP status of an answer with these errors: 200, unless one of them asks for its own. */
export function statusOfErrors(errors: readonly GraphQLError[]): number {
  for (const { originalError } of errors) {
    if (originalError instanceof ServerError && originalError.isHttpStatus) {
      return ERROR_CODES[originalError.code].httpStatus;
    }
  }
  return 200;
}
