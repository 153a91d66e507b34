/**
 * What a metric must do to set off an automation, judged over the values logged last. Windows have to be full: with
 * fewer values nothing can be said yet.
 */

/** How the values of a window become one. */
export const AGGREGATIONS = ["AVERAGE", "MIN", "MAX"] as const;

/** One of them. */
export type Aggregation = (typeof AGGREGATIONS)[number];

/** How a value is compared with a threshold. */
export const COMPARISONS = ["$gt", "$gte", "$lt", "$lte"] as const;

/** One of them. */
export type Comparison = (typeof COMPARISONS)[number];

/** Which changes count. */
export const CHANGE_DIRECTIONS = ["INCREASE", "DECREASE", "ANY"] as const;

/** One of them. */
export type ChangeDirection = (typeof CHANGE_DIRECTIONS)[number];

/** Compares the last value, or an aggregate of the last ones, with a threshold. */
export interface ThresholdCondition {
  readonly kind: "threshold";
  readonly metric: string;
  /** Null for the last value alone, whatever the size of the window. */
  readonly aggregation: Aggregation | null;
  readonly windowSize: number;
  readonly comparison: Comparison;
  readonly threshold: number;
}

/** Compares a window with the one before it. */
export interface ChangeCondition {
  readonly kind: "change";
  readonly metric: string;
  /** Null for the last value and the one before it, whatever the sizes of the windows. */
  readonly aggregation: Aggregation | null;
  readonly currentSize: number;
  readonly priorSize: number;
  /** Above 0; a fraction of the prior value when the change is relative. */
  readonly amount: number;
  readonly isRelative: boolean;
  readonly direction: ChangeDirection;
}

/** Compares the last value with the mean of the ones before it, in their standard deviations. */
export interface ZScoreCondition {
  readonly kind: "zscore";
  readonly metric: string;
  readonly windowSize: number;
  /** Above 0. */
  readonly threshold: number;
  readonly direction: ChangeDirection;
}

/** A condition over one metric. */
export type MetricCondition = ThresholdCondition | ChangeCondition | ZScoreCondition;

/** What a condition saw. */
export interface MetricVerdict {
  readonly isMet: boolean;
  /** The last value, or the aggregate of the window. */
  readonly current: number;
  /** What was compared with the condition's threshold: the value, its change or its z-score. */
  readonly compared: number;
  /** The aggregate of the prior window, or the mean that a z-score is about; null for thresholds. */
  readonly prior: number | null;
}

/** How many of the last values a condition needs to see. */
export function valuesNeeded(condition: MetricCondition): number {
  switch (condition.kind) {
    case "threshold":
      return condition.aggregation === null ? 1 : condition.windowSize;
    case "change":
      return condition.aggregation === null ? 2 : condition.currentSize + condition.priorSize;
    case "zscore":
      return condition.windowSize + 1;
  }
}

/** Judges the last values, oldest first; undefined while there are too few. */
export function judgeMetric(
  condition: MetricCondition,
  values: readonly number[],
): MetricVerdict | undefined {
  const needed = valuesNeeded(condition);
  if (values.length < needed) return undefined;
  const last = values.slice(-needed);
  switch (condition.kind) {
    case "threshold": {
      const current = aggregate(condition.aggregation, last);
      const isMet = compare(current, condition.comparison, condition.threshold);
      return { isMet, current, compared: current, prior: null };
    }
    case "change": {
      const currentSize = condition.aggregation === null ? 1 : condition.currentSize;
      const prior = aggregate(condition.aggregation, last.slice(0, -currentSize));
      const current = aggregate(condition.aggregation, last.slice(-currentSize));
      const change = current - prior;
      // From 0 any change is infinitely large, and none is no change.
      const compared = condition.isRelative && change !== 0 ? change / Math.abs(prior) : change;
      return { isMet: isFar(compared, condition.direction, condition.amount), current, compared, prior };
    }
    case "zscore": {
      const window = last.slice(0, -1);
      const current = last.at(-1) ?? Number.NaN;
      const prior = mean(window);
      // Values that never differ have no deviation to measure by: NaN, which is never far.
      const compared = (current - prior) / (deviation(window, prior) || Number.NaN);
      return { isMet: isFar(compared, condition.direction, condition.threshold), current, compared, prior };
    }
  }
}

function aggregate(aggregation: Aggregation | null, values: readonly number[]): number {
  switch (aggregation) {
    case null:
      return values.at(-1) ?? Number.NaN;
    case "AVERAGE":
      return mean(values);
    case "MIN":
      return values.reduce((least, value) => Math.min(least, value), Infinity);
    case "MAX":
      return values.reduce((greatest, value) => Math.max(greatest, value), -Infinity);
  }
}

function compare(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case "$gt":
      return value > threshold;
    case "$gte":
      return value >= threshold;
    case "$lt":
      return value < threshold;
    case "$lte":
      return value <= threshold;
  }
}

function isFar(change: number, direction: ChangeDirection, amount: number): boolean {
  switch (direction) {
    case "INCREASE":
      return change >= amount;
    case "DECREASE":
      return change <= -amount;
    case "ANY":
      return Math.abs(change) >= amount;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the values themselves, not an estimate for others. */
function deviation(values: readonly number[], around: number): number {
  return Math.sqrt(mean(values.map((value) => (value - around) ** 2)));
}
