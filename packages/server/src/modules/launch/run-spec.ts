/** The spec of an item: what to run, on what, and where its run is logged. Agents read it; the server completes it. */
import { isJsonObject, parseJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { ResourceConfig } from "./run-queue.ts";
import { chooseValues, fillTemplate } from "./template-variables.ts";

/** More than any job takes; a larger spec is something else. */
const MAX_SPEC_CHARACTERS = 1024 * 1024;

/** A spec that is ready for agents. */
export interface CompleteSpec {
  readonly text: string;
  readonly targetEntity: string;
  readonly targetProject: string;
  /** The job artifact, where the spec names one. */
  readonly job: string | null;
}

/** Reads a spec. @throws {ServerError | ProtocolError} `invalid_argument` when it is no object, or too large. */
export function parseRunSpec(text: string): JsonObject {
  if (text.length > MAX_SPEC_CHARACTERS) {
    throw bad(`The run spec has ${text.length} characters; at most ${MAX_SPEC_CHARACTERS} are accepted`);
  }
  return parseJsonObject(text);
}

/**
 * Fills in what the queue decides. A queue with a config decides what its jobs run on; one with template variables also
 * with which arguments, within what the variables leave open.
 *
 * @throws {ServerError} `invalid_argument` without an entity, for values that break a schema, and for arguments that the
 *   queue does not let one choose.
 */
export function completeSpec(
  spec: JsonObject,
  config: ResourceConfig | undefined,
  chosen: JsonObject,
): CompleteSpec {
  const targetEntity = textOf(spec, "entity");
  if (targetEntity === null || targetEntity === "") throw bad("The run spec names no entity for its run");
  const complete = config === undefined ? withoutConfig(spec, chosen) : withConfig(spec, config, chosen);
  return {
    text: printJson(complete),
    targetEntity,
    targetProject: textOf(spec, "project") ?? "",
    job: textOf(spec, "job"),
  };
}

function withoutConfig(spec: JsonObject, chosen: JsonObject): JsonObject {
  chooseValues([], chosen);
  return spec;
}

function withConfig(spec: JsonObject, config: ResourceConfig, chosen: JsonObject): JsonObject {
  const own = spec["resource_args"];
  const ownArgs = isJsonObject(own) ? own : {};
  const isOwn = Object.keys(ownArgs).length > 0;
  const { resource, templateVariables } = config;
  if (isOwn && templateVariables.length > 0) {
    throw bad("The queue has template variables: state their values instead of resource_args");
  }
  const stray = Object.keys(ownArgs).find((each) => each !== resource);
  if (stray !== undefined) {
    throw bad(`The queue runs its jobs on ${resource}; resource_args for ${stray} have no place there`);
  }
  const values = chooseValues(templateVariables, chosen);
  const filled = fillTemplate(parseJsonObject(config.config)["resource_args"] ?? {}, values);
  return {
    ...spec,
    resource,
    resource_args: { ...(isJsonObject(filled) ? filled : {}), ...ownArgs },
    // An agent that puts a preempted job back sends these instead of the arguments.
    ...(templateVariables.length > 0 && { template_variables: values }),
  };
}

function textOf(spec: JsonObject, key: string): string | null {
  const value: JsonValue | undefined = spec[key];
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  throw bad(`${key} of the run spec is ${printJson(value)}; expected a text`);
}

function bad(message: string): ServerError {
  return new ServerError("invalid_argument", message, { field: "runSpec" });
}
