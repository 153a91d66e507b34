/** What a view may be: checked once, before anything is stored. */
import { ProtocolError, parseJsonObject } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";

/** What is stated of a view; what is undefined is left alone. */
export interface ViewFields {
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  readonly spec?: string | undefined;
}

const TYPE = /^[a-z][a-z0-9_-]*(?:\/[a-z][a-z0-9_-]*)?$/;
const MAX_TYPE_LENGTH = 64;
const MAX_NAME_LENGTH = 256;
const MAX_TITLE_LENGTH = 1_024;
const MAX_DESCRIPTION_LENGTH = 64 * 1_024;
const MAX_SPEC_LENGTH = 16 * 1_024 * 1_024;

/** Throws `invalid_argument`, or `payload_too_large` for a spec beyond 16 MB, unless everything stated is allowed. */
export function checkViewFields(fields: ViewFields): void {
  const { type, name, displayName = "", description = "", spec } = fields;
  if (type !== undefined && (type.length > MAX_TYPE_LENGTH || !TYPE.test(type)))
    throw invalid("type", "expected lower-case words, such as runs or runs/draft");
  if (name !== undefined && (name === "" || name.length > MAX_NAME_LENGTH))
    throw invalid("name", `expected 1 to ${MAX_NAME_LENGTH} characters`);
  if (displayName.length > MAX_TITLE_LENGTH)
    throw invalid("displayName", `at most ${MAX_TITLE_LENGTH} characters`);
  if (description.length > MAX_DESCRIPTION_LENGTH)
    throw invalid("description", `at most ${MAX_DESCRIPTION_LENGTH} characters`);
  if (spec !== undefined) checkSpec(spec);
}

function checkSpec(spec: string): void {
  if (spec.length > MAX_SPEC_LENGTH) {
    throw new ServerError("payload_too_large", `A spec has at most ${MAX_SPEC_LENGTH} characters`, {
      field: "spec",
    });
  }
  try {
    parseJsonObject(spec);
  } catch (cause) {
    if (cause instanceof ProtocolError)
      throw invalid("spec", `expected a JSON object: ${cause.message}`, cause);
    throw cause;
  }
}

function invalid(field: string, reason: string, cause?: unknown): ServerError {
  return new ServerError("invalid_argument", `Invalid view: ${field}: ${reason}`, { field, cause });
}
