/**
 * The numbers of some keys in a stretch of a run's lines, in the order of lines, as they arrived. Lines that cannot hold
 * a key are not parsed.
 */
import type { JsonObject } from "@steelyard/protocol";
import { parseLine } from "./history-line.ts";
import type { HistoryLog, RunKey } from "./history-log.ts";
import { findValue, holdsKey } from "./key-path.ts";
import { nextTurn } from "./next-turn.ts";

/** Which numbers; `to` is exclusive. */
export interface MetricValuesRequest extends RunKey {
  readonly from: number;
  readonly to: number;
  readonly keys: readonly string[];
}

/** The numbers of a key with those of their lines. */
export interface KeyValues {
  readonly lines: readonly number[];
  readonly values: readonly number[];
}

/** Reads numbers as they arrived. */
export interface MetricValueReader {
  /** The numbers of each key, in the order asked for. What is no number is left out; non-finite ones are numbers. */
  values(request: MetricValuesRequest): Promise<readonly KeyValues[]>;
}

interface FoundValues {
  readonly key: string;
  readonly lines: number[];
  readonly values: number[];
}

/** Few enough that others get their turn in between. */
const LINES_A_TURN = 500;

/** `MetricValueReader` over the log. */
export class LogMetricValues implements MetricValueReader {
  readonly #log: Pick<HistoryLog, "readLines">;

  constructor(parts: { readonly log: Pick<HistoryLog, "readLines"> }) {
    this.#log = parts.log;
  }

  async values({ projectId, runId, from, to, keys }: MetricValuesRequest): Promise<readonly KeyValues[]> {
    const found = keys.map((key): FoundValues => ({ key, lines: [], values: [] }));
    const stream = { projectId, runId, stream: "history" } as const;
    for (let start = from; start < to; start += LINES_A_TURN) {
      const end = Math.min(start + LINES_A_TURN, to);
      for (const { number, text } of await this.#log.readLines({ ...stream, from: start, to: end })) {
        let row: JsonObject | undefined;
        for (const { key, lines, values } of found) {
          if (holdsKey(text, key) === false) continue;
          row ??= parseLine(text) ?? {};
          const value = toNumber(findValue(row, key));
          if (value === undefined) continue;
          lines.push(number);
          values.push(value);
        }
      }
      await nextTurn();
    }
    return found.map(({ lines, values }) => ({ lines, values }));
  }
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : undefined;
}
