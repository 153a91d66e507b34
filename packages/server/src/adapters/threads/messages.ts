// What two threads say to each other about calls of services.
import type { ErrorCode } from "@steelyard/protocol";

/** A call of one method with its one argument. */
export interface CallMessage {
  readonly id: number;
  readonly service: string;
  readonly method: string;
  readonly argument: unknown;
}

/** How a call ended. */
export type ReplyMessage =
  | { readonly id: number; readonly kind: "value"; readonly value: unknown }
  | { readonly id: number; readonly kind: "error"; readonly error: RemoteFailure };

/** An error in a form that can be cloned. */
export interface RemoteFailure {
  readonly name: string;
  readonly message: string;
  /** Set for expected failures. */
  readonly code: ErrorCode | undefined;
  readonly field: string | undefined;
  readonly stack: string | undefined;
}
