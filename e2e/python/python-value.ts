// Values as the Python scripts print them: every type spelled out, so that 1 and 1.0, 2^60 and NaN arrive
// unchanged. `scripts/steelyard_e2e.py` writes this form.

/** One Python value. */
export type PythonValue =
  | null
  | boolean
  | string
  | readonly PythonValue[]
  | { readonly int: string }
  | { readonly float: string }
  | { readonly dict: Readonly<Record<string, PythonValue>> }
  | { readonly datetime: string }
  | { readonly bytes: string }
  | { readonly error: PythonError }
  | { readonly object: string };

/** An exception that a script caught and reported. */
export interface PythonError {
  readonly type: string;
  readonly message: string;
}

/** Parses the printed form; throws a `TypeError` that shows a value which is none. */
export function parsePythonValue(input: unknown): PythonValue {
  if (input === null || typeof input === "boolean" || typeof input === "string") return input;
  if (Array.isArray(input)) return input.map(parsePythonValue);
  const [entry, ...others] = Object.entries(parseRecord(input));
  if (entry === undefined || others.length > 0) throw unexpected(input);
  const [kind, content] = entry;
  if (kind === "dict") return { dict: mapValues(parseRecord(content), parsePythonValue) };
  if (kind === "error") {
    const { type, message } = parseRecord(content);
    if (typeof type !== "string" || typeof message !== "string") throw unexpected(input);
    return { error: { type, message } };
  }
  if (typeof content !== "string") throw unexpected(input);
  switch (kind) {
    case "int":
      return { int: content };
    case "float":
      return { float: content };
    case "datetime":
      return { datetime: content };
    case "bytes":
      return { bytes: content };
    case "object":
      return { object: content };
    default:
      throw unexpected(input);
  }
}

/**
 * The nearest JavaScript value: numbers for floats and safe integers, bigints for others, objects for dicts,
 * the ISO text for datetimes, `{ error }` for exceptions.
 */
export function toJavaScript(value: PythonValue): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (isList(value)) return value.map(toJavaScript);
  if ("int" in value) return toInteger(value.int);
  if ("float" in value) return toFloat(value.float);
  if ("dict" in value) return mapValues(value.dict, toJavaScript);
  if ("datetime" in value) return value.datetime;
  return value;
}

/** An exact integer: a number where one holds it, else a bigint. */
export function toInteger(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** The number that Python's `repr` of a float names. */
export function toFloat(text: string): number {
  if (text === "nan") return NaN;
  if (text === "inf") return Infinity;
  if (text === "-inf") return -Infinity;
  return Number(text);
}

/** Whether a value is a list; `Array.isArray` does not narrow readonly arrays. */
export function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

function parseRecord(input: unknown): Readonly<Record<string, unknown>> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw unexpected(input);
  return Object.fromEntries(Object.entries(input));
}

/** The same keys with other values; an own key `__proto__` stays an own key. */
function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function unexpected(input: unknown): TypeError {
  return new TypeError(
    `expected a value printed by steelyard_e2e.py, found ${JSON.stringify(input).slice(0, 200)}`,
  );
}
