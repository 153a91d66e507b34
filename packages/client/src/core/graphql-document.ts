/** What a GraphQL document is to the client: its text, its name, and how to read the answer. */
import type { JsonValue } from "@steelyard/protocol";

/** An operation whose answer is a `TData` and whose variables are `TVariables`. */
export interface GraphqlDocument<TData, TVariables> {
  /** Whether the operation changes anything; mutations are retried with more care. */
  readonly kind: "query" | "mutation";
  /** The operation's name. */
  readonly name: string;
  /** The operation and its fragments. */
  readonly text: string;
  /** Reads `data`; throws a `ShapeError` that names the first place that is wrong. */
  readonly decode: (data: JsonValue | undefined) => TData;
  /** Carries the type of the variables; never set. */
  readonly variables?: TVariables;
}
