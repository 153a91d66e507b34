/**
 * Decimal digits to the nearest double without the built-in parser, which wants a copy of the text: quotients of exact
 * integers, carried out with about a hundred bits. Where even those cannot tell which of two doubles is nearer, it says
 * so.
 */

/** Integers below this are exact as doubles. */
const EXACT = 2 ** 53;
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, power) => 10 ** power);
/** Splits a double into two halves whose products are exact (Dekker). */
const SPLITTER = 2 ** 27 + 1;

/** The most digits that `tail` of {@link toDouble} may stand for. */
export const MAX_TAIL_DIGITS = 7;
/** The most digits that `head` of {@link toDouble} may have. */
export const MAX_HEAD_DIGITS = 15;

/**
 * The double nearest to (head x 10^tailDigits + tail) / 10^fraction, for integers of at most so many digits; undefined
 * where that cannot be told, or the power is too great.
 */
export function toDouble(
  head: number,
  tailDigits: number,
  tail: number,
  fraction: number,
): number | undefined {
  const divisor = POWERS[fraction];
  const scale = POWERS[tailDigits];
  if (divisor === undefined || scale === undefined) return undefined;
  const product = head * scale;
  const sum = product + tail;
  // One rounding of two exact numbers is the right one.
  if (sum < EXACT) return sum / divisor;
  const shift = sum - product;
  const low = productError(head, scale, product) + (product - (sum - shift)) + (tail - shift);
  const quotient = sum / divisor;
  const back = quotient * divisor;
  const rest = (sum - back - productError(quotient, divisor, back) + low) / divisor;
  const doubt = Math.abs(rest) * 2 ** -48 + quotient * 2 ** -98;
  const nearest = quotient + (rest + doubt);
  return nearest === quotient + (rest - doubt) ? nearest : undefined;
}

/** What rounding took from the product of two doubles. */
function productError(a: number, b: number, product: number): number {
  const shiftedA = SPLITTER * a;
  const highA = shiftedA - (shiftedA - a);
  const lowA = a - highA;
  const shiftedB = SPLITTER * b;
  const highB = shiftedB - (shiftedB - b);
  const lowB = b - highB;
  return highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
}
