/** The words by which conditions on a metric are put together: `RunEvent.metric("loss").avg(5).gt(0.5)`. */
import { ValueError } from "../../../core/errors.ts";
import { MetricChangeFilter, MetricThresholdFilter, MetricZScoreFilter } from "./metric-filters.ts";
import type { ChangeDirection, MetricAggregate, MetricComparison } from "./metric-filters.ts";

/** By how much a metric changes: exactly one of both. */
export interface ChangeAmount {
  /** In the metric's own unit; positive. */
  readonly diff?: number;
  /** As a fraction of the value before, 0.1 for 10 %; positive. */
  readonly frac?: number;
}

/** The value of a metric, or what a window of its values comes to. */
export class WindowedMetric {
  /** The metric's key. */
  readonly name: string;
  /** How the values of a window become one; null for single values. */
  readonly aggOp: MetricAggregate | null;
  /** How many values make a window. */
  readonly windowSize: number;

  /** @internal */
  constructor(name: string, aggOp: MetricAggregate | null, windowSize: number) {
    this.name = name;
    this.aggOp = aggOp;
    this.windowSize = windowSize;
  }

  /** The value is greater. Mirrors `>`. */
  gt(threshold: number): MetricThresholdFilter {
    return this.#compare("$gt", threshold);
  }

  /** The value is greater or equal. Mirrors `>=`. */
  gte(threshold: number): MetricThresholdFilter {
    return this.#compare("$gte", threshold);
  }

  /** The value is less. Mirrors `<`. */
  lt(threshold: number): MetricThresholdFilter {
    return this.#compare("$lt", threshold);
  }

  /** The value is less or equal. Mirrors `<=`. */
  lte(threshold: number): MetricThresholdFilter {
    return this.#compare("$lte", threshold);
  }

  /**
   * The value changes either way between two windows that follow each other. Mirrors `changes_by`.
   *
   * @throws {ValueError} unless exactly one of `diff` and `frac` is given and positive.
   */
  changesBy(amount: ChangeAmount): MetricChangeFilter {
    return this.#change("ANY", amount);
  }

  /** The value grows. Throws as {@link changesBy}. Mirrors `increases_by`. */
  increasesBy(amount: ChangeAmount): MetricChangeFilter {
    return this.#change("INCREASE", amount);
  }

  /** The value shrinks. Throws as {@link changesBy}. Mirrors `decreases_by`. */
  decreasesBy(amount: ChangeAmount): MetricChangeFilter {
    return this.#change("DECREASE", amount);
  }

  #compare(cmpOp: MetricComparison, threshold: number): MetricThresholdFilter {
    const { name, aggOp, windowSize } = this;
    return new MetricThresholdFilter({ name, aggOp, windowSize, cmpOp, threshold });
  }

  #change(changeDir: ChangeDirection, { diff, frac }: ChangeAmount): MetricChangeFilter {
    const changeAmount = diff ?? frac;
    if (changeAmount === undefined || (diff !== undefined && frac !== undefined))
      throw new ValueError("A change takes exactly one of diff and frac");
    const { name, aggOp, windowSize } = this;
    const changeType = frac === undefined ? "ABSOLUTE" : "RELATIVE";
    return new MetricChangeFilter({
      name,
      aggOp,
      currentWindowSize: windowSize,
      changeAmount,
      changeType,
      changeDir,
    });
  }
}

/** A metric of a run: its latest value, unless a window is named. Mirrors what `RunEvent.metric` returns. */
export class Metric extends WindowedMetric {
  /** Takes the metric's key. */
  constructor(name: string) {
    super(name, null, 1);
  }

  /** The greatest of the latest values. */
  max(window: number): WindowedMetric {
    return new WindowedMetric(this.name, "MAX", window);
  }

  /** The least of the latest values. */
  min(window: number): WindowedMetric {
    return new WindowedMetric(this.name, "MIN", window);
  }

  /** The mean of the latest values. */
  avg(window: number): WindowedMetric {
    return new WindowedMetric(this.name, "AVERAGE", window);
  }

  /** The same as {@link avg}. */
  mean(window: number): WindowedMetric {
    return this.avg(window);
  }

  /** How many standard deviations a value is from the mean of the latest values. @default a window of 30 */
  zscore(window = 30): MetricZScore {
    return new MetricZScore(this.name, window);
  }
}

/** How far a value is from the mean of a window, in standard deviations. */
export class MetricZScore {
  readonly #name: string;
  readonly #windowSize: number;
  readonly #isAbsolute: boolean;

  /** @internal */
  constructor(name: string, windowSize: number, isAbsolute = false) {
    this.#name = name;
    this.#windowSize = windowSize;
    this.#isAbsolute = isAbsolute;
  }

  /** Either way: to be followed by {@link gt}. */
  abs(): MetricZScore {
    return new MetricZScore(this.#name, this.#windowSize, true);
  }

  /** The value is this far above; after {@link abs}, away. @throws {ValueError} unless the threshold is positive. */
  gt(threshold: number): MetricZScoreFilter {
    return this.#filter(threshold, this.#isAbsolute ? "ANY" : "INCREASE");
  }

  /** The same as {@link gt}: a z-score is hardly ever exactly at the threshold. */
  gte(threshold: number): MetricZScoreFilter {
    return this.gt(threshold);
  }

  /**
   * The value is this far below.
   *
   * @throws {ValueError} unless the threshold is negative, and after {@link abs}.
   */
  lt(threshold: number): MetricZScoreFilter {
    if (this.#isAbsolute) throw new ValueError("An absolute z-score is never less than a negative threshold");
    if (!(threshold < 0))
      throw new ValueError(`A z-score below the mean needs a negative threshold, found ${threshold}`);
    return this.#filter(-threshold, "DECREASE");
  }

  /** The same as {@link lt}. */
  lte(threshold: number): MetricZScoreFilter {
    return this.lt(threshold);
  }

  #filter(threshold: number, changeDir: ChangeDirection): MetricZScoreFilter {
    return new MetricZScoreFilter({ name: this.#name, windowSize: this.#windowSize, threshold, changeDir });
  }
}
