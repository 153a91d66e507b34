/** A scripted server that answers every history question over rows in memory, sampling as real servers do. */
import { isJsonArray, isJsonObject, parseJsonObject, printJson, toWireJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { runAnswer, runData } from "./run-data.ts";
import { graphqlScript } from "./scripted-server.ts";
import type { ReceivedRequest, ScriptedAnswer } from "./scripted-server.ts";

/** What the server holds and can do. */
export interface HistoryData {
  readonly rows: readonly JsonObject[];
  readonly events?: readonly JsonObject[];
  /** Whether the server selects by the union of keys itself. */
  readonly hasUnion?: boolean;
  /** What the server divides into intervals; without it the server divides nothing. */
  readonly buckets?: JsonObject;
  readonly parquet?: { readonly parquetUrls: readonly string[]; readonly liveData: readonly unknown[] };
}

/** The script of a run named `r` with this history. */
export function historyScript(data: HistoryData): (request: ReceivedRequest) => ScriptedAnswer {
  const sorted = data.rows.toSorted((left, right) => stepOf(left) - stepOf(right));
  const lastStep = sorted.length === 0 ? -1 : stepOf(sorted.at(-1) ?? {});
  const lines = (rows: readonly JsonObject[]): string[] => rows.map(printJson);
  return graphqlScript({
    Run: runAnswer(runData("r", { historyLineCount: sorted.length, historyKeys: { lastStep } })),
    RunHistoryKeys: runAnswer({ historyKeys: sorted.length === 0 ? null : { lastStep, keys: {} } }),
    ServerFeatures: {
      serverInfo: {
        features: [
          { name: "STEELYARD_HISTORY_UNION", isEnabled: data.hasUnion ?? false },
          { name: "STEELYARD_HISTORY_BUCKETS", isEnabled: data.buckets !== undefined },
        ],
      },
    },
    RunHistoryBuckets: runAnswer({ historyBuckets: data.buckets ?? null }),
    HistoryPage: ({ minStep, maxStep, pageSize }: JsonObject) => {
      const rows = sorted.filter((row) => stepOf(row) >= Number(minStep) && stepOf(row) < Number(maxStep));
      return runAnswer({ history: lines(sample(rows, Number(pageSize))) });
    },
    SampledHistoryPage: ({ spec }: JsonObject) => runAnswer({ sampledHistory: [sampled(sorted, spec)] }),
    RunSampledHistory: ({ specs }: JsonObject) => {
      const texts = isJsonArray(specs) ? specs : [];
      return runAnswer({ sampledHistory: texts.map((spec) => sampled(sorted, spec)) });
    },
    RunFullHistory: ({ samples }: JsonObject) =>
      runAnswer({ historyLineCount: sorted.length, history: lines(sample(sorted, Number(samples))) }),
    RunSystemHistory: ({ samples }: JsonObject) =>
      runAnswer({ events: lines(sample(data.events ?? [], Number(samples))) }),
    RunParquetHistory: runAnswer({ parquetHistory: data.parquet ?? { parquetUrls: [], liveData: [] } }),
  });
}

function sampled(rows: readonly JsonObject[], specText: JsonValue | undefined): unknown[] {
  const spec = typeof specText === "string" ? parseJsonObject(specText) : {};
  const { keys, mode, minStep = 0, maxStep = Number.MAX_SAFE_INTEGER, samples = 500 } = spec;
  const names = isJsonArray(keys) ? keys.map(String) : [];
  const others = names.filter((name) => name !== "_step");
  const found = rows
    .filter((row) => stepOf(row) >= Number(minStep) && stepOf(row) <= Number(maxStep))
    .map((row) => new Map(names.map((name) => [name, valueAt(row, name)] as const)))
    .filter((row) =>
      mode === "union"
        ? others.some((name) => row.get(name) !== undefined)
        : names.every((name) => row.get(name) !== undefined),
    )
    .map((row) => Object.fromEntries(row));
  return sample(found, Number(samples)).map((row) => toWireJson(definedOnly(row)));
}

function definedOnly(row: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const entries = Object.entries(row).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

function valueAt(row: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(row, name)) return row[name];
  const [head = "", ...rest] = name.split(".");
  const inner = row[head];
  return rest.length > 0 && isJsonObject(inner) ? valueAt(inner, rest.join(".")) : undefined;
}

function sample<T>(rows: readonly T[], samples: number): readonly T[] {
  return rows.length <= samples
    ? rows
    : rows.filter((_, index) => index % Math.ceil(rows.length / samples) === 0);
}

function stepOf(row: JsonObject): number {
  return Number(row["_step"]);
}
