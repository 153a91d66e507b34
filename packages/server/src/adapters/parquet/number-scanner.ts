/**
 * Reads a JSON number from a line: what kind it is and its value. Most numbers have so few digits that a multiplication
 * or a division gives the exact double; the others take the built-in parser.
 */
import { MAX_INTEGER_DIGITS } from "@steelyard/protocol";
import { FLOAT, INTEGER, OTHER_NUMBER, WIDE_INTEGER } from "./column-values.ts";

const SAFE_DIGITS = 15;
const EXACT_MANTISSA = 2 ** 53;
const EXACT_POWERS: readonly number[] = Array.from({ length: 23 }, (_, power) => 10 ** power);

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** The number that was read last; one object for all, because lines hold millions. */
export class NumberScanner {
  kind: number = FLOAT;
  value = 0;
  /** The digits of the kinds that keep them. */
  text: string | undefined;

  /** Reads the number at `start`; answers where it ends, or -1 when there is none that JSON allows. */
  scan(line: string, start: number): number {
    let position = start;
    let character = line.charCodeAt(position);
    const isNegative = character === MINUS;
    if (isNegative) character = line.charCodeAt((position += 1));
    const firstDigit = position;
    let mantissa = 0;
    while (character >= ZERO && character <= 0x39) {
      mantissa = mantissa * 10 + (character - ZERO);
      character = line.charCodeAt((position += 1));
    }
    const digits = position - firstDigit;
    if (digits === 0 || (digits > 1 && line.charCodeAt(firstDigit) === ZERO)) return -1;
    if (character !== POINT && (character | 0x20) !== 0x65) {
      return this.#integer(line, start, position, isNegative ? -mantissa : mantissa);
    }
    let fraction = 0;
    if (character === POINT) {
      const pointAt = position;
      character = line.charCodeAt((position += 1));
      while (character >= ZERO && character <= 0x39) {
        mantissa = mantissa * 10 + (character - ZERO);
        character = line.charCodeAt((position += 1));
      }
      fraction = position - pointAt - 1;
      if (fraction === 0) return -1;
    }
    this.kind = FLOAT;
    this.text = undefined;
    if ((character | 0x20) === 0x65) {
      position = endOfExponent(line, position);
      if (position !== -1) this.value = Number(line.slice(start, position));
    } else if (mantissa < EXACT_MANTISSA && fraction < EXACT_POWERS.length) {
      const value = mantissa / (EXACT_POWERS[fraction] ?? 1);
      this.value = isNegative ? -value : value;
    } else {
      this.value = Number(line.slice(start, position));
    }
    return position;
  }

  #integer(line: string, start: number, end: number, value: number): number {
    if (end - start <= SAFE_DIGITS && !Object.is(value, -0)) {
      this.kind = INTEGER;
      this.value = value;
      this.text = undefined;
      return end;
    }
    if (end - start > MAX_INTEGER_DIGITS) return -1;
    const text = line.slice(start, end);
    const integer = BigInt(text);
    this.value = Number(integer);
    if (Number.isSafeInteger(this.value) && text !== "-0") {
      this.kind = INTEGER;
      this.text = undefined;
    } else {
      this.kind = text !== "-0" && BigInt.asIntN(64, integer) === integer ? WIDE_INTEGER : OTHER_NUMBER;
      this.text = text;
    }
    return end;
  }
}

/** Where the exponent ends that begins at `start`; -1 when it has no digits. */
function endOfExponent(line: string, start: number): number {
  let position = start + 1;
  const sign = line.charCodeAt(position);
  if (sign === MINUS || sign === 0x2b) position += 1;
  const firstDigit = position;
  while (line.charCodeAt(position) >= ZERO && line.charCodeAt(position) <= 0x39) position += 1;
  return position === firstDigit ? -1 : position;
}
