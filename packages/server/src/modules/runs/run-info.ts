/** How a run's program was started: from what its client put into the config, or else from its metadata file. */
import { isJsonArray, isJsonObject, parseJson, printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import type { Run } from "./run.ts";

/** The file in which clients describe their environment. */
export const METADATA_FILE = "wandb-metadata.json";

/** How a run's program was started; null where the client did not say. */
export interface RunInfo {
  readonly program: string | null;
  readonly args: readonly string[] | null;
  readonly os: string | null;
  readonly python: string | null;
  readonly colab: string | null;
  readonly executable: string | null;
  readonly codeSaved: boolean | null;
  readonly cpuCount: number | null;
  readonly gpuCount: number | null;
  readonly gpu: string | null;
  readonly git: { readonly remote: string | null; readonly commit: string | null } | null;
}

/**
 * The config's internal section as JSON text, restricted to some keys; null when the run reported none of them, which
 * tells a resuming client that the run's process never ran.
 */
export function readInternalConfig(
  config: string,
  keys: readonly string[] | null | undefined,
): string | null {
  const section = internalSection(config);
  if (section === undefined) return null;
  if (keys === null || keys === undefined) return printJson(section);
  const picked: Record<string, JsonValue> = {};
  for (const key of keys) {
    const value = own(section, key);
    if (value !== undefined) setOwn(picked, key, value);
  }
  return Object.keys(picked).length === 0 ? null : printJson(picked);
}

/** The environment that the config holds; undefined when it holds none. In shared mode that of the first writer. */
export function readEnvironment(config: string): JsonObject | undefined {
  const section = internalSection(config);
  const environments = section && own(section, "e");
  if (!isJsonObject(environments)) return undefined;
  return Object.values(environments).find(isJsonObject);
}

/** Reads an environment, wherever it stood; fields of the run itself go first. */
export function toRunInfo(run: Run, environment: JsonObject): RunInfo {
  const git = own(environment, "git");
  return {
    program: run.program ?? text(environment, "program"),
    args: texts(environment, "args"),
    os: text(environment, "os"),
    python: text(environment, "python"),
    colab: text(environment, "colab"),
    executable: text(environment, "executable"),
    codeSaved: typeof own(environment, "codePath") === "string",
    cpuCount: count(environment, "cpu_count"),
    gpuCount: count(environment, "gpu_count"),
    gpu: text(environment, "gpu"),
    git: isJsonObject(git)
      ? { remote: run.repo ?? text(git, "remote"), commit: run.commit ?? text(git, "commit") }
      : null,
  };
}

/** A metadata file's values; empty when it is no JSON object. */
export function parseMetadata(fileText: string): JsonObject {
  try {
    const value = parseJson(fileText);
    return isJsonObject(value) ? value : {};
  } catch {
    // Users may overwrite the file with anything.
    return {};
  }
}

function internalSection(config: string): JsonObject | undefined {
  if (!config.includes('"_wandb"')) return undefined;
  const parsed = parseJson(config);
  const member = isJsonObject(parsed) ? own(parsed, "_wandb") : undefined;
  const value = isJsonObject(member) ? own(member, "value") : undefined;
  return isJsonObject(value) ? value : undefined;
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function text(object: JsonObject, key: string): string | null {
  const value = own(object, key);
  return typeof value === "string" ? value : null;
}

function texts(object: JsonObject, key: string): readonly string[] | null {
  const value = own(object, key);
  return isJsonArray(value) ? value.filter((item) => typeof item === "string") : null;
}

function count(object: JsonObject, key: string): number | null {
  const value = own(object, key);
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 31 ? value : null;
}
