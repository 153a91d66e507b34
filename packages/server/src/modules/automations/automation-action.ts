/** The rules for what an automation is to do. */
import { isJsonObject, JsonSyntaxError, parseJson } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { AutomationAction } from "./automation.ts";

const MAX_PAYLOAD_LENGTH = 256 * 1024;
const MAX_TITLE_LENGTH = 1024;
const MAX_MESSAGE_LENGTH = 64 * 1024;

/** Checks an action and returns it. Throws `invalid_argument`. */
export function parseAutomationAction(action: AutomationAction): AutomationAction {
  if (action.type === "NOTIFICATION") {
    if (action.title.length > MAX_TITLE_LENGTH)
      throw invalid("title", `at most ${MAX_TITLE_LENGTH} characters`);
    if (action.message.length > MAX_MESSAGE_LENGTH) {
      throw invalid("message", `at most ${MAX_MESSAGE_LENGTH} characters`);
    }
  }
  if (action.type === "GENERIC_WEBHOOK" && action.payload !== null) checkPayload(action.payload);
  return action;
}

function checkPayload(payload: string): void {
  if (payload.length > MAX_PAYLOAD_LENGTH) {
    throw invalid("requestPayload", `at most ${MAX_PAYLOAD_LENGTH} characters`);
  }
  try {
    if (isJsonObject(parseJson(payload))) return;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw invalid("requestPayload", `not JSON: ${error.message}`);
  }
  throw invalid("requestPayload", "expected a JSON object");
}

function invalid(field: string, reason: string): ServerError {
  return new ServerError("invalid_argument", `Invalid action: ${field}: ${reason}`, { field });
}
