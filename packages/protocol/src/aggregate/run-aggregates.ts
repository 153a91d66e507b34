/**
 * Runs by group with figures over their metrics: the one way in which columns, documents and clients that scan build
 * them, so that the answer is the same.
 */
import { FilterError } from "../filter/filter-error.ts";
import { resolveRunField } from "../filter/run-fields.ts";
import { compareOrderValues, toOrderValue } from "../filter/run-order.ts";
import type { JsonValue } from "../json/value.ts";
import { parseGroupText } from "./group-key.ts";
import { summarizeNumbers } from "./number-summary.ts";
import type { NumberSummary } from "./number-summary.ts";

/** Which of a group's runs is the best one. */
export const METRIC_GOALS = ["minimize", "maximize"] as const;

/** Whether less or more is better. */
export type MetricGoal = (typeof METRIC_GOALS)[number];

/** A number of runs to compute figures over. */
export interface RunMetric {
  /** As filters name it: `summary_metrics.loss`, `config.lr`, `duration`. */
  readonly field: string;
  readonly goal: MetricGoal;
  /** Each from 0 to 1. */
  readonly quantiles: readonly number[];
}

/** What to compute. */
export interface RunAggregateRequest {
  /** Fields whose values make groups; none for one group of all runs. */
  readonly groupBy: readonly string[];
  readonly metrics: readonly RunMetric[];
}

/** A metric of a group. NaN and what is no number do not count; integers beyond 2^53 count as the nearest double. */
export interface RunMetricSummary<Run> extends NumberSummary {
  readonly field: string;
  /** The run with the least or greatest number, of several the oldest. */
  readonly best: { readonly value: number; readonly run: Run } | null;
}

/** Runs with equal values of the fields that groups are made by. */
export interface RunGroup<Run> {
  /** The values, null for none. */
  readonly keys: readonly JsonValue[];
  /** The same as texts, by which groups of one answer are told apart. */
  readonly keyTexts: readonly string[];
  readonly count: number;
  /** In the order asked for. */
  readonly metrics: readonly RunMetricSummary<Run>[];
}

/** The most fields that groups are made by. */
export const MAX_GROUP_FIELDS = 8;
/** The most metrics of one question. */
export const MAX_METRICS = 32;
/** The most quantiles of one metric. */
export const MAX_QUANTILES = 32;
/** The most groups of one answer. */
export const MAX_GROUPS = 100_000;

/**
 * Checks a question.
 *
 * @throws {FilterError} naming the field: unknown, too many of them, a quantile that is none.
 */
export function checkAggregateRequest({ groupBy, metrics }: RunAggregateRequest): void {
  const refuse = (message: string, field: string): never => {
    throw new FilterError(message, field);
  };
  if (groupBy.length > MAX_GROUP_FIELDS) refuse(`At most ${MAX_GROUP_FIELDS} fields make groups`, "groupBy");
  if (metrics.length > MAX_METRICS) refuse(`At most ${MAX_METRICS} metrics at once`, "metrics");
  for (const field of [...groupBy, ...metrics.map((metric) => metric.field)]) resolveRunField(field);
  for (const { field, quantiles } of metrics) {
    if (quantiles.length > MAX_QUANTILES) refuse(`At most ${MAX_QUANTILES} quantiles of a metric`, field);
    if (!quantiles.every((quantile) => quantile >= 0 && quantile <= 1))
      refuse("A quantile is from 0 to 1", field);
  }
}

/** The number that a field's value counts as; undefined when it does not count. */
export function toMetricNumber(value: JsonValue | undefined): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  // Adding 0 makes 0 of -0.
  return typeof number === "number" && !Number.isNaN(number) ? number + 0 : undefined;
}

/** A group while runs are added to it. */
export class OpenGroup<Run> {
  /** How many runs there are. */
  count = 0;
  readonly #metrics: readonly OpenMetric<Run>[];

  constructor(request: RunAggregateRequest, isOlder: (a: Run, b: Run) => boolean) {
    this.#metrics = request.metrics.map((metric) => new OpenMetric(metric, isOlder));
  }

  /** Adds a run's number of a metric. */
  add(metric: number, number: number, run: Run): void {
    this.#metrics[metric]?.add(number, run);
  }

  /** The figures. */
  summarize(): readonly RunMetricSummary<Run>[] {
    return this.#metrics.map((metric) => metric.summarize());
  }
}

class OpenMetric<Run> {
  readonly #metric: RunMetric;
  readonly #isOlder: (a: Run, b: Run) => boolean;
  #numbers: Float64Array<ArrayBuffer> = new Float64Array(4);
  #count = 0;
  #best: { readonly value: number; readonly run: Run } | null = null;

  constructor(metric: RunMetric, isOlder: (a: Run, b: Run) => boolean) {
    this.#metric = metric;
    this.#isOlder = isOlder;
  }

  add(number: number, run: Run): void {
    if (this.#count === this.#numbers.length) {
      const grown = new Float64Array(2 * this.#count);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[this.#count++] = number;
    const best = this.#best;
    if (best === null || this.#isBetter(number, run, best)) this.#best = { value: number, run };
  }

  summarize(): RunMetricSummary<Run> {
    const { field, quantiles } = this.#metric;
    const summary = summarizeNumbers(this.#numbers.subarray(0, this.#count), quantiles);
    return { field, ...summary, best: this.#best };
  }

  #isBetter(number: number, run: Run, best: { readonly value: number; readonly run: Run }): boolean {
    if (number === best.value) return this.#isOlder(run, best.run);
    return this.#metric.goal === "minimize" ? number < best.value : number > best.value;
  }
}

/** Groups by the texts of their keys. */
export class RunGroups<Run> {
  readonly #request: RunAggregateRequest;
  readonly #isOlder: (a: Run, b: Run) => boolean;
  readonly #groups: Map<string, { readonly keyTexts: readonly string[]; readonly group: OpenGroup<Run> }> =
    new Map();

  /** `isOlder` tells which of two runs is to be preferred when they are equally good. */
  constructor(request: RunAggregateRequest, isOlder: (a: Run, b: Run) => boolean) {
    this.#request = request;
    this.#isOlder = isOlder;
    // Without fields there is one group, also of no runs.
    if (request.groupBy.length === 0) this.open([]);
  }

  /**
   * The group of some keys, by `toGroupText`.
   *
   * @throws {FilterError} when there are too many groups.
   */
  open(keyTexts: readonly string[]): OpenGroup<Run> {
    const name = keyTexts.join("\n");
    const known = this.#groups.get(name);
    if (known !== undefined) return known.group;
    if (this.#groups.size >= MAX_GROUPS) {
      throw new FilterError(
        `There are more than ${MAX_GROUPS} groups: filter runs or group by less`,
        "groupBy",
      );
    }
    const group = new OpenGroup<Run>(this.#request, this.#isOlder);
    this.#groups.set(name, { keyTexts, group });
    return group;
  }

  /** All groups in the order of their keys. */
  close(): readonly RunGroup<Run>[] {
    return [...this.#groups.values()]
      .map(({ keyTexts, group }) => ({ keyTexts, keys: keyTexts.map(parseGroupText), group }))
      .sort(compareGroupKeys)
      .map(({ keyTexts, keys, group }) => ({
        keys,
        keyTexts,
        count: group.count,
        metrics: group.summarize(),
      }));
  }
}

/** Compares the keys of two groups: as an ascending order of runs does, and equal ones by their texts. */
export function compareGroupKeys(
  a: Pick<RunGroup<unknown>, "keys" | "keyTexts">,
  b: Pick<RunGroup<unknown>, "keys" | "keyTexts">,
): number {
  for (const [index, key] of a.keys.entries()) {
    const difference = compareOrderValues(
      toOrderValue(key, "value"),
      toOrderValue(b.keys[index], "value"),
      false,
    );
    if (difference !== 0) return difference;
  }
  const first = a.keyTexts.join("\n");
  const second = b.keyTexts.join("\n");
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
