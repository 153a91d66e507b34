/** What is asked of a bulk export, read strictly: a misspelt field is an error, not a wish that nobody heard. */
import { EXPORT_FORMATS, MAX_EXPORT_RUNS, MAX_EXPORT_SAMPLES } from "@steelyard/protocol";
import type { ExportFormat } from "@steelyard/protocol";
import { z } from "zod";
import { ServerError } from "../../errors.ts";

/** A bulk export of histories. */
export interface HistoryExportRequest {
  readonly format: ExportFormat;
  /** Which runs: those that match, or those named. */
  readonly runs: RunChoice;
  /** Empty for whole rows. */
  readonly keys: readonly string[];
  readonly mode: "union" | "all";
  /** Null for all rows. */
  readonly samples: number | null;
  /** Inclusive. */
  readonly minStep: number | null;
  /** Exclusive. */
  readonly maxStep: number | null;
}

/** Runs by filter and order, as text, or by their ids. */
export type RunChoice =
  | { readonly kind: "query"; readonly filter: string | null; readonly order: string | null }
  | { readonly kind: "names"; readonly names: readonly string[] };

const step = z.number().int();
const body = z.strictObject({
  format: z.enum(EXPORT_FORMATS),
  filter: z.union([z.record(z.string(), z.unknown()), z.string()]).nullish(),
  order: z.string().nullish(),
  runs: z.array(z.string()).max(MAX_EXPORT_RUNS).nullish(),
  keys: z.array(z.string()).max(10_000).nullish(),
  mode: z.enum(["union", "all"]).nullish(),
  samples: z.number().int().min(1).max(MAX_EXPORT_SAMPLES).nullish(),
  minStep: step.nullish(),
  maxStep: step.nullish(),
});

/**
 * Reads the body of an export.
 *
 * @throws {ServerError} `invalid_argument` that names the first field at fault.
 */
export function parseExportBody(value: unknown): HistoryExportRequest {
  const parsed = body.safeParse(value ?? {});
  if (!parsed.success) throw invalid(parsed.error);
  const { format, filter, order, runs, keys, mode, samples, minStep, maxStep } = parsed.data;
  if (runs != null && (filter != null || order != null)) {
    throw new ServerError("invalid_argument", "Name runs, or choose them by filter and order; not both", {
      field: "runs",
    });
  }
  return {
    format,
    runs:
      runs == null
        ? { kind: "query", filter: filterText(filter), order: order ?? null }
        : { kind: "names", names: runs },
    keys: [...new Set(keys ?? [])],
    mode: mode ?? "union",
    samples: samples ?? null,
    minStep: minStep ?? null,
    maxStep: maxStep ?? null,
  };
}

function filterText(filter: string | Record<string, unknown> | null | undefined): string | null {
  if (filter == null || filter === "") return null;
  return typeof filter === "string" ? filter : JSON.stringify(filter);
}

function invalid(error: z.ZodError): ServerError {
  const [issue] = error.issues;
  const field = issue?.path.join(".") ?? "";
  const place = field === "" ? "" : `${field}: `;
  return new ServerError("invalid_argument", `Invalid export: ${place}${issue?.message ?? "unreadable"}`, {
    field: field === "" ? "body" : field,
    cause: error,
  });
}
