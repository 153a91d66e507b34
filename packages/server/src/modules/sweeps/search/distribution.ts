/**
 * What one parameter of a sweep may be: the closed list that all of W&B's spellings come down to. Exponents have become
 * values and inverse logarithms plain ones, because X is spread as 1/X is on a logarithmic scale.
 */
import type { JsonValue } from "@steelyard/protocol";

/** One of a list of values, all as likely as their probabilities say (equally where they are null). */
export interface CategoricalDistribution {
  readonly kind: "categorical";
  /** Distinct; a list of one is a constant. */
  readonly values: readonly JsonValue[];
  /** As many as values, summing to one. */
  readonly probabilities: readonly number[] | null;
}

/** An integer between two, both included. */
export interface IntegerDistribution {
  readonly kind: "integer";
  readonly min: number;
  readonly max: number;
}

/** A number between two, evenly spread as it is or on a logarithmic scale. */
export interface RangeDistribution {
  readonly kind: "uniform" | "log";
  readonly min: number;
  readonly max: number;
  /** Values are rounded to multiples of it. */
  readonly q: number | null;
}

/** A number around a middle, as it is or on a logarithmic scale. */
export interface NormalDistribution {
  readonly kind: "normal" | "log_normal";
  readonly mu: number;
  readonly sigma: number;
  readonly q: number | null;
}

/** A number between 0 and 1. */
export interface BetaDistribution {
  readonly kind: "beta";
  readonly a: number;
  readonly b: number;
  readonly q: number | null;
}

/** What a numeric parameter may be. */
export type NumericDistribution =
  IntegerDistribution | RangeDistribution | NormalDistribution | BetaDistribution;

/** What a parameter may be. */
export type Distribution = CategoricalDistribution | NumericDistribution;

/** A parameter: where its value stands in the run's config, and what it may be. */
export interface SweepParameter {
  /** The keys that lead to it, more than one where parameters are nested. */
  readonly path: readonly string[];
  readonly distribution: Distribution;
}
