/** What a custom chart may be: checked once, before anything is stored. */
import { ProtocolError, parseJsonObject } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import { CHART_ACCESS } from "./custom-chart.ts";
import type { ChartAccess } from "./custom-chart.ts";

const CHART_TYPE = "vega2";
const MAX_NAME_LENGTH = 128;
const MAX_TITLE_LENGTH = 1_024;
const MAX_SPEC_LENGTH = 1_024 * 1_024;

/** Throws `invalid_argument` unless the name can stand in a chart's id. */
export function checkChartName(name: string): void {
  // A slash would end the entity's name in `entity/name`; the other signs would end it in addresses.
  if (name === "" || name.length > MAX_NAME_LENGTH || /[/\\#?%:\p{Cc}]/u.test(name) || name !== name.trim())
    throw invalid("name", `expected 1 to ${MAX_NAME_LENGTH} characters, none of / \\ # ? % :`);
}

/** Throws `invalid_argument` unless it is the one kind of specification that there is. */
export function checkChartType(type: string): void {
  if (type !== CHART_TYPE) throw invalid("type", `expected "${CHART_TYPE}", found "${type}"`);
}

/** Throws `invalid_argument` for a title that is too long. */
export function checkChartTitle(displayName: string): void {
  if (displayName.length > MAX_TITLE_LENGTH)
    throw invalid("displayName", `at most ${MAX_TITLE_LENGTH} characters`);
}

/** Throws `invalid_argument` unless the specification is a JSON object, `payload_too_large` beyond 1 MB. */
export function checkChartSpec(spec: string): void {
  if (spec.length > MAX_SPEC_LENGTH) {
    throw new ServerError("payload_too_large", `A chart's spec has at most ${MAX_SPEC_LENGTH} characters`, {
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

/** Throws `invalid_argument` for anything but PRIVATE and PUBLIC. */
export function parseChartAccess(text: string): ChartAccess {
  const access = CHART_ACCESS.find((known) => known === text);
  if (access === undefined)
    throw invalid("access", `expected one of ${CHART_ACCESS.join(", ")}, found "${text}"`);
  return access;
}

function invalid(field: string, reason: string, cause?: unknown): ServerError {
  return new ServerError("invalid_argument", `Invalid custom chart: ${field}: ${reason}`, { field, cause });
}
