/** What a caller wants a sweep to become, checked before anything is stored. */
import { parseFilter, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import { parseSweepConfig } from "./sweep-config.ts";
import type { SweepConfig } from "./sweep-config.ts";
import { SWEEP_STATES } from "./sweep.ts";
import type { SweepState } from "./sweep.ts";
import { parseSweepYaml } from "./sweep-yaml.ts";

/** Fields of a sweep as they arrive; null and undefined leave a field alone. */
export interface SweepInput {
  /** YAML text. */
  readonly config?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly displayName?: string | null | undefined;
  /** JSON text of an object. */
  readonly controller?: string | null | undefined;
  /** JSON text of an object. */
  readonly scheduler?: string | null | undefined;
  /** JSON text of an object. */
  readonly launchScheduler?: string | null | undefined;
  /** JSON text. */
  readonly templateVariableValues?: string | null | undefined;
  readonly state?: string | null | undefined;
  /** Filter in JSON text. */
  readonly priorRunsFilter?: string | null | undefined;
}

/** A config, as received and as understood. */
export interface CheckedConfig {
  readonly text: string;
  readonly json: JsonObject;
  readonly config: SweepConfig;
  readonly warnings: readonly string[];
}

/** The checked fields; what is undefined is to be left alone. */
export interface SweepFields {
  readonly config: CheckedConfig | undefined;
  readonly description: string | undefined;
  readonly displayName: string | undefined;
  readonly controller: string | undefined;
  readonly scheduler: string | undefined;
  readonly launchScheduler: string | undefined;
  readonly templateVariableValues: string | undefined;
  readonly state: SweepState | undefined;
  readonly priorRunsFilter: string | undefined;
}

/**
 * Checks fields.
 *
 * @throws {ServerError | FilterError} `invalid_argument` naming the field.
 */
export function parseSweepInput(input: SweepInput): SweepFields {
  if (hasText(input.priorRunsFilter)) parseFilter(input.priorRunsFilter);
  return {
    config: hasText(input.config) ? checkConfig(input.config) : undefined,
    description: input.description ?? undefined,
    displayName: hasText(input.displayName) ? input.displayName : undefined,
    controller: parseObjectText("controller", input.controller),
    scheduler: parseObjectText("scheduler", input.scheduler),
    launchScheduler: parseObjectText("launchScheduler", input.launchScheduler),
    templateVariableValues: parseObjectText("templateVariableValues", input.templateVariableValues),
    state: hasText(input.state) ? parseSweepState(input.state) : undefined,
    priorRunsFilter: hasText(input.priorRunsFilter) ? input.priorRunsFilter : undefined,
  };
}

/** More than any config has, and little enough to read in no time. */
const MAX_CONFIG_LENGTH = 1024 * 1024;

/** Reads a config. Throws `invalid_argument` naming the field. */
export function checkConfig(text: string): CheckedConfig {
  if (text.length > MAX_CONFIG_LENGTH) {
    const message = `config may have at most ${MAX_CONFIG_LENGTH} characters, found ${text.length}`;
    throw new ServerError("invalid_argument", message, { field: "config" });
  }
  const json = parseSweepYaml(text);
  return { text, json, ...parseSweepConfig(json) };
}

/** Reads a state, in any case. */
function parseSweepState(text: string): SweepState {
  const state = SWEEP_STATES.find((known) => known === text.toUpperCase());
  if (state !== undefined) return state;
  throw new ServerError(
    "invalid_argument",
    `${JSON.stringify(text)} is not a sweep state: expected one of ${SWEEP_STATES.join(", ")}`,
    { field: "state" },
  );
}

/** The text itself is stored. Clients send the text `null` where they mean nothing. */
function parseObjectText(field: string, text: string | null | undefined): string | undefined {
  if (!hasText(text) || text.trim() === "null") return undefined;
  try {
    parseJsonObject(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServerError("invalid_argument", `${field} must be a JSON object: ${reason}`, { field, cause });
  }
  return text;
}

function hasText(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && text.trim() !== "";
}
