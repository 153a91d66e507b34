/** Reads a JSON number from a line: what kind it is and its value, as a rule without a copy of its text. */
import { MAX_INTEGER_DIGITS } from "@steelyard/protocol";
import { FLOAT, INTEGER, OTHER_NUMBER, WIDE_INTEGER } from "./column-values.ts";
import { MAX_HEAD_DIGITS, MAX_TAIL_DIGITS, toDouble } from "./decimal.ts";

const SAFE_DIGITS = 15;

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
  scan(line: Buffer, start: number): number {
    let position = start;
    let byte = line[position] ?? 0;
    const isNegative = byte === MINUS;
    if (isNegative) byte = line[(position += 1)] ?? 0;
    const firstDigit = position;
    // The first significant digits, and those that a double could not hold as well.
    let head = 0;
    let tail = 0;
    let tailDigits = 0;
    let fraction = 0;
    while (byte >= ZERO && byte <= 0x39) {
      head = head * 10 + (byte - ZERO);
      byte = line[(position += 1)] ?? 0;
    }
    let headDigits = position - firstDigit;
    if (headDigits === 0 || (headDigits > 1 && line[firstDigit] === ZERO)) return -1;
    if (byte !== POINT && (byte | 0x20) !== 0x65) {
      return this.#integer(line, start, position, isNegative ? -head : head);
    }
    if (head === 0) headDigits = 0;
    if (byte === POINT) {
      const pointAt = position;
      byte = line[(position += 1)] ?? 0;
      while (byte >= ZERO && byte <= 0x39) {
        if (headDigits < MAX_HEAD_DIGITS) {
          head = head * 10 + (byte - ZERO);
          if (head !== 0) headDigits += 1;
        } else {
          tail = tail * 10 + (byte - ZERO);
          tailDigits += 1;
        }
        byte = line[(position += 1)] ?? 0;
      }
      fraction = position - pointAt - 1;
      if (fraction === 0) return -1;
    }
    this.kind = FLOAT;
    this.text = undefined;
    if ((byte | 0x20) === 0x65) {
      position = endOfExponent(line, position);
      if (position !== -1) this.value = Number(line.toString("latin1", start, position));
      return position;
    }
    const isShort = headDigits <= MAX_HEAD_DIGITS && tailDigits <= MAX_TAIL_DIGITS;
    const value = isShort ? toDouble(head, tailDigits, tail, fraction) : undefined;
    if (value === undefined) this.value = Number(line.toString("latin1", start, position));
    else this.value = isNegative ? -value : value;
    return position;
  }

  #integer(line: Buffer, start: number, end: number, value: number): number {
    if (end - start <= SAFE_DIGITS && !Object.is(value, -0)) {
      this.kind = INTEGER;
      this.value = value;
      this.text = undefined;
      return end;
    }
    if (end - start > MAX_INTEGER_DIGITS) return -1;
    const text = line.toString("latin1", start, end);
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
function endOfExponent(line: Buffer, start: number): number {
  let position = start + 1;
  const sign = line[position];
  if (sign === MINUS || sign === 0x2b) position += 1;
  const firstDigit = position;
  while ((line[position] ?? 0) >= ZERO && (line[position] ?? 0) <= 0x39) position += 1;
  return position === firstDigit ? -1 : position;
}
