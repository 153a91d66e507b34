/** The body of an answer that is an error, outside GraphQL: a form that W&B's clients can print. */
import type { ErrorCode } from "../errors.ts";

/** `{"error": {...}}` */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    /** The field, argument or path of the offending part. */
    readonly field?: string;
    readonly requestId?: string;
  };
}
