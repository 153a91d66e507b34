// History lines as clients write them, and as they never should.
import { printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import fc from "fast-check";

const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
  fc.constantFrom<JsonValue>(NaN, Infinity, -Infinity, null, true, 9007199254740993n, -98765432109876543210n),
  fc.constantFrom('a "_step":5, b', "{", "\\", "é", "_step"),
);

const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(scalar, { maxLength: 2 }),
  fc.dictionary(fc.constantFrom("b", "c", "b.c", "_step", "val1"), scalar, { maxKeys: 2 }),
  fc.record({ _type: fc.constant("image-file"), path: fc.constant("media/x.png") }),
  fc.record({ b: fc.record({ c: scalar }) }),
);

/** Keys that the rows have, and ones that lie inside others. */
export const HISTORY_KEYS = [
  "loss",
  "a",
  "a.b",
  "a.b.c",
  "a.val1",
  "train/acc",
  'odd"key',
  "_step",
  "none",
] as const;

const entries = fc.uniqueArray(
  fc.tuple(fc.constantFrom("loss", "a", "a.b", "train/acc", 'odd"key', "__proto__"), value),
  { selector: ([key]) => key, maxLength: 4 },
);

/** `step` is near the line's number more often than not. */
const step: fc.Arbitrary<JsonValue | undefined> = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 2, arbitrary: fc.constant(undefined) },
  fc.constantFrom<JsonValue>(3.5, "4", null, NaN, -2, 9007199254740993n),
);

const row = fc.tuple(entries, step, fc.nat({ max: 4 })).map(([values, ownStep, place]) => {
  const members = values.map(([key, member]) => `${JSON.stringify(key)}:${printJson(member)}`);
  if (ownStep !== undefined)
    members.splice(place, 0, `"_step":${place === 3 ? " " : ""}${printJson(ownStep)}`);
  return `{${members.join(place === 2 ? ", " : ",")}}`;
});

/** One line. */
export const historyLine: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: row },
  fc.constantFrom("", "nonsense", "{broken}", '{"_step":1', "[1]", "null", "{}", '{"_step":2,"_step":3}'),
);
