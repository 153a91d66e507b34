/** What `steelyard export` was asked for, checked before anything is sent. */
import { extname } from "node:path";
import {
  EXPORT_FORMATS,
  isExportFormat,
  isJsonArray,
  isJsonObject,
  parseFilter,
  parseJson,
  splitProjectPath,
} from "@steelyard/protocol";
import type { ExportFormat, JsonObject, JsonValue } from "@steelyard/protocol";
import { SettingsError } from "./server-settings.ts";

/** The flags as the command line had them. */
export interface ExportFlags {
  readonly filter?: string;
  readonly order?: string;
  readonly keys?: string;
  readonly allKeys?: boolean;
  readonly samples?: string;
  readonly format?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The choices, checked. */
export interface ExportSettings {
  readonly project: string;
  readonly filters: JsonObject;
  readonly order: string | undefined;
  readonly keys: readonly string[] | undefined;
  readonly rows: "union" | "all-keys";
  readonly samples: number | undefined;
  readonly format: ExportFormat;
  /** Undefined for standard output. */
  readonly path: string | undefined;
  /** Whether a file that is there may be replaced. */
  readonly mayReplace: boolean;
  readonly isJson: boolean;
}

const EXTENSIONS: Readonly<Record<string, ExportFormat>> = {
  ".parquet": "parquet",
  ".arrow": "arrow",
  ".arrows": "arrow",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
};

/** Reads the command's arguments. Throws with a sentence that names the flag at fault. */
export function readExportSettings(path: string, flags: ExportFlags): ExportSettings {
  const { project = "" } = splitProjectPath(path);
  if (project === "" || project.includes("/")) {
    throw new SettingsError(`The project is "${path}"; expected entity/project, or project alone.`);
  }
  const format = readFormat(flags);
  const isToOutput = flags.out === "-";
  const isJson = flags.json ?? false;
  if (isToOutput && isJson)
    throw new SettingsError("--out - and --json would both write to standard output.");
  return {
    project: path,
    filters: readFilter(flags.filter),
    order: flags.order,
    keys: readKeys(flags.keys),
    rows: flags.allKeys === true ? "all-keys" : "union",
    samples: readSamples(flags.samples),
    format,
    path: isToOutput ? undefined : (flags.out ?? `${project}.${format === "arrow" ? "arrows" : format}`),
    mayReplace: flags.force ?? false,
    isJson,
  };
}

function readFormat({ format, out }: ExportFlags): ExportFormat {
  if (format === undefined) return EXTENSIONS[extname(out ?? "").toLowerCase()] ?? "parquet";
  if (isExportFormat(format)) return format;
  throw new SettingsError(`The format is "${format}"; expected one of ${EXPORT_FORMATS.join(", ")}.`);
}

function readFilter(text: string | undefined): JsonObject {
  if (text === undefined) return {};
  const value = jsonOf("filter", text);
  if (!isJsonObject(value)) throw new SettingsError("The filter is not a JSON object.");
  try {
    parseFilter(value);
  } catch (cause) {
    throw new SettingsError(`The filter is not understood: ${describe(cause)}`, { cause });
  }
  return value;
}

/** `loss,acc`, or a JSON list for keys with commas in them. */
function readKeys(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  if (!text.trimStart().startsWith("[")) return text.split(",").map((key) => key.trim());
  const value = jsonOf("list of keys", text);
  const keys = isJsonArray(value) ? value.filter((key) => typeof key === "string") : [];
  if (isJsonArray(value) && keys.length === value.length) return keys;
  throw new SettingsError("The keys are not a JSON list of texts.");
}

function readSamples(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const samples = Number(text);
  if (/^\d+$/.test(text) && samples >= 1) return samples;
  throw new SettingsError(`The number of samples is "${text}"; expected an integer from 1.`);
}

function jsonOf(what: string, text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new SettingsError(`The ${what} is not JSON: ${describe(cause)}`, { cause });
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
