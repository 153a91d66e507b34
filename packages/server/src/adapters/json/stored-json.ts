/**
 * Reads JSON that this server wrote itself. The threads that store do it by these few questions: zod, which judges what
 * others send, takes 5 MB in each thread that loads it.
 */
import { ServerError } from "../../errors.ts";

/** Parses a text. Throws `internal` when it is not of the form that it was written in. */
export function parseStored<Value>(text: string, isValue: (value: unknown) => value is Value): Value {
  const value: unknown = JSON.parse(text);
  if (isValue(value)) return value;
  throw new ServerError("internal", "What was stored is not of the form that it was written in");
}

/** Whether a value is an object with members. */
export function isStoredObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a list of what fits. */
export function isStoredList<Item>(
  value: unknown,
  isItem: (item: unknown) => item is Item,
): value is readonly Item[] {
  return Array.isArray(value) && value.every(isItem);
}

/** Whether a value is a text. */
export function isStoredText(value: unknown): value is string {
  return typeof value === "string";
}

/** Whether a value is a number. */
export function isStoredNumber(value: unknown): value is number {
  return typeof value === "number";
}
