/** The values of a quantised parameter: multiples of q, without the digits that binary fractions add (0.3, not 0.30000000000000004). */

const DIGITS = 15;
/** How far a limit may miss a multiple and still count as one, in multiples: 0.3 / 0.1 is 2.9999999999999996. */
const SLACK = 1e-9;

/** Which multiples of q lie between two limits, as whole numbers; the last is below the first where none does. */
export interface Multiples {
  readonly first: number;
  readonly last: number;
}

/** The multiples of q between two limits, both included. */
export function multiplesWithin(min: number, max: number, q: number): Multiples {
  return { first: Math.ceil(min / q - SLACK), last: Math.floor(max / q + SLACK) };
}

/** A multiple of q as a value. */
export function multipleOf(count: number, q: number): number {
  return Number((count * q).toPrecision(DIGITS));
}

/** The multiple of q that is nearest to a number, no further than the limits. */
export function nearestMultiple(value: number, q: number, { first, last }: Multiples): number {
  return multipleOf(Math.min(Math.max(Math.round(value / q), first), last), q);
}
