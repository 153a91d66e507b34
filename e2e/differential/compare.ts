// Compares what Python read with what TypeScript read, value by value. A difference is a bug, unless
// `allowed-differences.ts` names it and the reference explains it.
import { isList, toFloat, toInteger, type PythonValue } from "../python/python-value.ts";

/** Two values at one place that are not the same. */
export interface Difference {
  /** The probe and the keys below it, e.g. `runs/scalars/history/3/loss`. */
  readonly path: string;
  readonly python: PythonValue | undefined;
  readonly typescript: unknown;
}

/** Every difference between what the two readers reported, in the order of Python's keys. */
export function compare(python: PythonValue | undefined, typescript: unknown, path = ""): Difference[] {
  if (python !== undefined && typeof python === "object" && python !== null) {
    if (isList(python)) return compareLists(python, typescript, path);
    if ("dict" in python) return compareDicts(python.dict, typescript, path);
  }
  return isSame(python, typescript) ? [] : [{ path, python, typescript }];
}

function compareLists(python: readonly PythonValue[], typescript: unknown, path: string): Difference[] {
  if (!Array.isArray(typescript)) return [{ path, python, typescript }];
  const list: readonly unknown[] = typescript;
  if (python.length !== list.length)
    return [{ path: join(path, "length"), python: toPython(python.length), typescript: list.length }];
  return python.flatMap((item, index) => compare(item, list[index], join(path, String(index))));
}

function compareDicts(
  python: Readonly<Record<string, PythonValue>>,
  typescript: unknown,
  path: string,
): Difference[] {
  if (!isRecord(typescript)) return [{ path, python: { dict: python }, typescript }];
  const ours = new Map(Object.entries(typescript).filter(([, value]) => value !== undefined));
  const theirs = new Map(Object.entries(python));
  return [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((key) =>
    compare(theirs.get(key), ours.get(key), join(path, key)),
  );
}

function isSame(
  python: Exclude<PythonValue, readonly PythonValue[]> | undefined,
  typescript: unknown,
): boolean {
  if (python === undefined) return typescript === undefined;
  if (python === null || typeof python !== "object") return python === typescript;
  // A whole number is a number in TypeScript whether Python has an int or a float.
  if ("int" in python) return toInteger(python.int) === typescript;
  if ("float" in python) return Object.is(toFloat(python.float), typescript);
  // Python keeps microseconds, a Date milliseconds.
  if ("datetime" in python)
    return typescript instanceof Date && Math.floor(Date.parse(python.datetime)) === typescript.getTime();
  if ("bytes" in python) {
    return typescript instanceof Uint8Array && Buffer.from(typescript).toString("base64") === python.bytes;
  }
  if ("error" in python)
    return typescript instanceof Error && matchingErrors(python.error.type).includes(typescript.name);
  return false;
}

/** The names of our errors that mean what an exception of Python means. */
function matchingErrors(type: string): readonly string[] {
  switch (type) {
    case "CommError":
    case "WandbApiFailedError":
      return ["CommError", "NotFoundError", "PermissionError", "ConflictError", "UsageError", "ValueError"];
    case "ValueError":
    case "RunNotFoundError":
      return ["ValueError", "NotFoundError", "UsageError"];
    case "UsageError":
      return ["UsageError", "UnsupportedError"];
    default:
      return [type];
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Error) &&
    !(value instanceof Uint8Array)
  );
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}/${key}`;
}

function toPython(length: number): PythonValue {
  return { int: String(length) };
}
