/** The one error that services and adapters throw for a failure a caller can be told of; transport maps its code once. */
import { ProtocolError } from "@steelyard/protocol";
import type { ErrorCode } from "@steelyard/protocol";

/** What a {@link ServerError} may carry besides its message. */
export interface ServerErrorOptions extends ErrorOptions {
  /** The field or argument that the failure is about. */
  readonly field?: string | undefined;
  /**
   * Whether a GraphQL answer carries the code's HTTP status instead of 200, for the few calls whose clients look at
   * nothing else. Only for codes that no client tries again on.
   *
   * @default false
   */
  readonly isHttpStatus?: boolean;
}

/** A failure with a code of the registry. The message is shown to callers, so it never holds a secret. */
export class ServerError extends Error {
  override readonly name: string = "ServerError";
  /** The kind of failure. */
  readonly code: ErrorCode;
  /** The field or argument at fault, where there is one. */
  readonly field: string | undefined;
  /** Whether a GraphQL answer carries the code's HTTP status instead of 200. */
  readonly isHttpStatus: boolean;

  constructor(code: ErrorCode, message: string, options: ServerErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.field = options.field;
    this.isHttpStatus = options.isHttpStatus ?? false;
  }
}

/** An error whose code and message callers may see: our own or the contract's. */
export type CodedError = ServerError | ProtocolError;

/** Tells a failure that callers may be told of from a defect; narrows to one code when it is given. */
export function isCodedError(error: unknown, code?: ErrorCode): error is CodedError {
  return (
    (error instanceof ServerError || error instanceof ProtocolError) &&
    (code === undefined || error.code === code)
  );
}
