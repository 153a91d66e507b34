/** What has to happen to a metric of a run for an event: it passes a threshold, changes, or leaves its usual range. */
import { isJsonObject, parseJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { ValueError } from "../../../core/errors.ts";
import { unwrapFilter, wrapRunFilter } from "./filter-expression.ts";
import type { FilterExpression, RunEventFilter } from "./filter-expression.ts";

/** How the values of a window become one. */
export const METRIC_AGGREGATES = ["AVERAGE", "MIN", "MAX"] as const;

/** How the values of a window become one. */
export type MetricAggregate = (typeof METRIC_AGGREGATES)[number];

/** How a value is compared with a threshold. */
export const METRIC_COMPARISONS = ["$gt", "$gte", "$lt", "$lte"] as const;

/** How a value is compared with a threshold. */
export type MetricComparison = (typeof METRIC_COMPARISONS)[number];

/** Whether a change is measured in the metric's own unit or as a fraction of the value before. */
export const CHANGE_TYPES = ["ABSOLUTE", "RELATIVE"] as const;

/** Whether a change is measured in the metric's own unit or as a fraction of the value before. */
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** Which way a change goes. */
export const CHANGE_DIRECTIONS = ["INCREASE", "DECREASE", "ANY"] as const;

/** Which way a change goes. */
export type ChangeDirection = (typeof CHANGE_DIRECTIONS)[number];

const DEFAULT_ZSCORE_WINDOW = 30;
const DEFAULT_ZSCORE_THRESHOLD = 3;

/** What the filters of metrics have in common. */
interface MetricFilterFields {
  /** The metric's key. */
  readonly name: string;
  /** Which runs are watched. @default all of the scope */
  readonly runFilter?: FilterExpression | null;
}

/** A metric passes a threshold. Mirrors `MetricThresholdFilter`. */
export class MetricThresholdFilter implements RunEventFilter<MetricThresholdFilter> {
  /** The metric's key. */
  readonly name: string;
  /** How the values of a window become one; null for single values. Mirrors `agg_op`. */
  readonly aggOp: MetricAggregate | null;
  /** How many of the latest values make a window. Mirrors `window_size`. */
  readonly windowSize: number;
  /** How the value is compared. Mirrors `cmp_op`. */
  readonly cmpOp: MetricComparison;
  /** What the value is compared with. */
  readonly threshold: number;
  /** Which runs are watched; null for all of the scope. */
  readonly runFilter: FilterExpression | null;

  /** @throws {ValueError} when the window is no positive integer or the threshold no finite number. */
  constructor(
    fields: MetricFilterFields & {
      readonly aggOp?: MetricAggregate | null;
      /** @default 1 */
      readonly windowSize?: number;
      readonly cmpOp: MetricComparison;
      readonly threshold: number;
    },
  ) {
    this.name = fields.name;
    this.aggOp = fields.aggOp ?? null;
    this.windowSize = checkWindow("windowSize", fields.windowSize ?? 1);
    this.cmpOp = fields.cmpOp;
    this.threshold = checkFinite("threshold", fields.threshold);
    this.runFilter = fields.runFilter ?? null;
  }

  /** The same for runs that meet a condition. Mirrors `&`. */
  and(runFilter: FilterExpression): MetricThresholdFilter {
    const { name, aggOp, windowSize, cmpOp, threshold } = this;
    return new MetricThresholdFilter({
      name,
      aggOp,
      windowSize,
      cmpOp,
      threshold,
      runFilter: joined(this.runFilter, runFilter),
    });
  }

  /** As it is sent. */
  toJSON(): JsonObject {
    const { name, aggOp, windowSize, cmpOp, threshold } = this;
    const filter = { name, agg_op: aggOp, window_size: windowSize, cmp_op: cmpOp, threshold };
    return wrapMetric(this.runFilter, { threshold_filter: filter });
  }
}

/** A metric changes between two windows that follow each other. Mirrors `MetricChangeFilter`. */
export class MetricChangeFilter implements RunEventFilter<MetricChangeFilter> {
  /** The metric's key. */
  readonly name: string;
  /** How the values of a window become one; null for single values. Mirrors `agg_op`. */
  readonly aggOp: MetricAggregate | null;
  /** How many of the latest values make the current window. Mirrors `current_window_size`. */
  readonly currentWindowSize: number;
  /** How many values make the window before. Mirrors `prior_window_size`. */
  readonly priorWindowSize: number;
  /** The least change. Mirrors `change_amount`. */
  readonly changeAmount: number;
  /** What the change is measured in. Mirrors `change_type`. */
  readonly changeType: ChangeType;
  /** Which way it goes. Mirrors `change_dir`. */
  readonly changeDir: ChangeDirection;
  /** Which runs are watched; null for all of the scope. */
  readonly runFilter: FilterExpression | null;

  /** @throws {ValueError} when a window is no positive integer or the amount no positive number. */
  constructor(
    fields: MetricFilterFields & {
      readonly aggOp?: MetricAggregate | null;
      /** @default 1 */
      readonly currentWindowSize?: number;
      /** @default that of the current window */
      readonly priorWindowSize?: number;
      readonly changeAmount: number;
      readonly changeType: ChangeType;
      readonly changeDir: ChangeDirection;
    },
  ) {
    this.name = fields.name;
    this.aggOp = fields.aggOp ?? null;
    this.currentWindowSize = checkWindow("currentWindowSize", fields.currentWindowSize ?? 1);
    this.priorWindowSize = checkWindow("priorWindowSize", fields.priorWindowSize ?? this.currentWindowSize);
    this.changeAmount = checkPositive("changeAmount", fields.changeAmount);
    this.changeType = fields.changeType;
    this.changeDir = fields.changeDir;
    this.runFilter = fields.runFilter ?? null;
  }

  /** The same for runs that meet a condition. Mirrors `&`. */
  and(runFilter: FilterExpression): MetricChangeFilter {
    const { name, aggOp, currentWindowSize, priorWindowSize, changeAmount, changeType, changeDir } = this;
    return new MetricChangeFilter({
      name,
      aggOp,
      currentWindowSize,
      priorWindowSize,
      changeAmount,
      changeType,
      changeDir,
      runFilter: joined(this.runFilter, runFilter),
    });
  }

  /** As it is sent. */
  toJSON(): JsonObject {
    const filter = {
      name: this.name,
      agg_op: this.aggOp,
      current_window_size: this.currentWindowSize,
      prior_window_size: this.priorWindowSize,
      change_amount: this.changeAmount,
      change_type: this.changeType,
      change_dir: this.changeDir,
    };
    return wrapMetric(this.runFilter, { change_filter: filter });
  }
}

/** A value of a metric is far from the mean of its window. Mirrors `MetricZScoreFilter`. */
export class MetricZScoreFilter implements RunEventFilter<MetricZScoreFilter> {
  /** The metric's key. */
  readonly name: string;
  /** How many values the mean and the standard deviation are of. Mirrors `window_size`. */
  readonly windowSize: number;
  /** How many standard deviations away. */
  readonly threshold: number;
  /** Above, below, or either. Mirrors `change_dir`. */
  readonly changeDir: ChangeDirection;
  /** Which runs are watched; null for all of the scope. */
  readonly runFilter: FilterExpression | null;

  /** @throws {ValueError} when the window is no positive integer or the threshold no positive number. */
  constructor(
    fields: MetricFilterFields & {
      /** @default 30 */
      readonly windowSize?: number;
      /** @default 3 */
      readonly threshold?: number;
      /** @default "ANY" */
      readonly changeDir?: ChangeDirection;
    },
  ) {
    this.name = fields.name;
    this.windowSize = checkWindow("windowSize", fields.windowSize ?? DEFAULT_ZSCORE_WINDOW);
    this.threshold = checkPositive("threshold", fields.threshold ?? DEFAULT_ZSCORE_THRESHOLD);
    this.changeDir = fields.changeDir ?? "ANY";
    this.runFilter = fields.runFilter ?? null;
  }

  /** The same for runs that meet a condition. Mirrors `&`. */
  and(runFilter: FilterExpression): MetricZScoreFilter {
    const { name, windowSize, threshold, changeDir } = this;
    return new MetricZScoreFilter({
      name,
      windowSize,
      threshold,
      changeDir,
      runFilter: joined(this.runFilter, runFilter),
    });
  }

  /** As it is sent. */
  toJSON(): JsonObject {
    const { name, windowSize, threshold, changeDir } = this;
    const filter = { name, window_size: windowSize, threshold, change_dir: changeDir };
    return wrapMetric(this.runFilter, { zscore_filter: filter });
  }
}

/** A filter of metrics. */
export type MetricFilter = MetricThresholdFilter | MetricChangeFilter | MetricZScoreFilter;

/**
 * Reads a filter of metrics as the server has it, the older form of thresholds included.
 *
 * @throws {ValueError} when it is none.
 */
export function parseMetricFilter(json: JsonObject): MetricFilter {
  const runFilter = parseRunFilter(json["run_filter"]);
  const choice = asObject(json["run_metric_filter"]) ?? { threshold_filter: json["metric_filter"] ?? null };
  const threshold = asObject(choice["threshold_filter"]);
  const change = asObject(choice["change_filter"]);
  const zscore = asObject(choice["zscore_filter"]);
  const fields = threshold ?? change ?? zscore;
  if (fields === null) throw new ValueError(`No filter of a metric: ${printJson(json)}`);
  const read = fieldsOf(fields);
  const common = { name: read.text("name"), runFilter };
  if (threshold !== null) {
    return new MetricThresholdFilter({
      ...common,
      aggOp: read.oneOfOrNull("agg_op", METRIC_AGGREGATES),
      windowSize: read.number("window_size"),
      cmpOp: read.oneOf("cmp_op", METRIC_COMPARISONS),
      threshold: read.number("threshold"),
    });
  }
  if (change !== null) {
    return new MetricChangeFilter({
      ...common,
      aggOp: read.oneOfOrNull("agg_op", METRIC_AGGREGATES),
      currentWindowSize: read.number("current_window_size"),
      priorWindowSize: read.number("prior_window_size"),
      changeAmount: read.number("change_amount"),
      changeType: read.oneOf("change_type", CHANGE_TYPES),
      changeDir: read.oneOf("change_dir", CHANGE_DIRECTIONS),
    });
  }
  return new MetricZScoreFilter({
    ...common,
    windowSize: read.number("window_size"),
    threshold: read.number("threshold"),
    changeDir: read.oneOf("change_dir", CHANGE_DIRECTIONS),
  });
}

/** Reads the condition on runs, which is JSON in a text; null when all runs meet it. */
export function parseRunFilter(value: JsonValue | undefined): FilterExpression | null {
  const filter = asObject(value);
  if (filter === null) return null;
  const expression = unwrapFilter(filter);
  const json = expression.toJSON();
  const isEmpty = Object.keys(json).length === 0 || printJson(json) === '{"$and":[]}';
  return isEmpty ? null : expression;
}

/** Both conditions, where there are two. */
export function joined(before: FilterExpression | null, runFilter: FilterExpression): FilterExpression {
  return before === null ? runFilter : before.and(runFilter);
}

function wrapMetric(runFilter: FilterExpression | null, choice: JsonObject): JsonObject {
  return {
    run_filter: printJson(wrapRunFilter(runFilter)),
    run_metric_filter: choice,
    metric_filter: null,
  };
}

/** An object, also one that is written as a text. */
function asObject(value: JsonValue | undefined): JsonObject | null {
  if (typeof value === "string" && value !== "") return parseJsonObject(value);
  return isJsonObject(value) ? value : null;
}

interface FieldReader {
  text(key: string): string;
  number(key: string): number;
  oneOf<T extends string>(key: string, allowed: readonly T[]): T;
  oneOfOrNull<T extends string>(key: string, allowed: readonly T[]): T | null;
}

function fieldsOf(json: JsonObject): FieldReader {
  const fail = (key: string): ValueError =>
    new ValueError(`A filter of a metric has an unexpected ${key}: ${printJson(json)}`);
  const oneOf = <T extends string>(key: string, allowed: readonly T[]): T => {
    const found = allowed.find((each) => each === json[key]);
    if (found === undefined) throw fail(key);
    return found;
  };
  return {
    text: (key) => {
      const value = json[key];
      if (typeof value !== "string") throw fail(key);
      return value;
    },
    number: (key) => {
      const value = json[key];
      if (typeof value !== "number" && typeof value !== "bigint") throw fail(key);
      return Number(value);
    },
    oneOf,
    oneOfOrNull: (key, allowed) => ((json[key] ?? null) === null ? null : oneOf(key, allowed)),
  };
}

function checkWindow(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new ValueError(`Invalid ${name}: expected a positive integer, found ${value}`);
  return value;
}

function checkFinite(name: string, value: number): number {
  if (!Number.isFinite(value)) throw new ValueError(`Invalid ${name}: expected a number, found ${value}`);
  return value;
}

function checkPositive(name: string, value: number): number {
  if (!(checkFinite(name, value) > 0))
    throw new ValueError(`Invalid ${name}: expected a positive number, found ${value}`);
  return value;
}
