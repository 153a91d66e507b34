/**
 * Random runs, filters and orders for property tests. Keys and values come from small sets, so that filters often
 * match and awkward cases (dotted keys, NaN, integers beyond 2^53, wrapped values called `value`) meet each other.
 */
import fc from "fast-check";
import type { JsonObject, JsonValue, RunDocument } from "@steelyard/protocol";

const BIG = 2n ** 60n;
const KEYS = ["a", "b", "a.b", "b.a", "a/b", "value", "0", "日本 x", "__proto__", "constructor"] as const;
const TEXTS = ["", "a", "b", "ab", "A", "1", "NaN", "aé", "2026-11-20T10:00:00.000Z"] as const;

const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, 2 ** 60, BIG, BIG + 1n, -BIG);
const scalar = fc.oneof(fc.constant(null), fc.boolean(), number, text);
const key = fc.constantFrom(...KEYS);

/** A JSON value of the small world. */
export const arbitraryValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { arbitrary: scalar, weight: 4 },
    { arbitrary: fc.array(tie("value"), { maxLength: 3 }), weight: 1 },
    { arbitrary: objectOf(tie("value")), weight: 2 },
  ),
})).value;

const moment = fc.constantFrom(
  "2026-11-20T10:00:00.000Z",
  "2026-11-20T10:00:00.001Z",
  "2026-11-21T00:00:00.000Z",
  "1999-12-31T23:59:59.999Z",
);
const dateOperand = fc.oneof(
  moment,
  fc.constantFrom(
    "2026-11-20T10:00:00",
    "2026-11-20 10:00:00.001",
    "2026-11-20T12:00:00+02:00",
    "2026-11-21",
  ),
  moment.map((iso) => Date.parse(iso)),
  fc.constantFrom(0, 1_795_168_800, 1_795_168_800.001),
);
const tags = fc.uniqueArray(fc.constantFrom("a", "b", "ab", "x.y"), { maxLength: 3 });

/** A run of the small world. Its `id` is random, so duplicates occur. */
export const arbitraryRun: fc.Arbitrary<RunDocument> = fc.record({
  id: fc.nat(100),
  name: text,
  displayName: fc.option(text),
  state: fc.constantFrom("running", "finished", "crashed"),
  config: objectOf(
    fc.oneof(
      arbitraryValue.map((value) => ({ value })),
      arbitraryValue,
    ),
  ),
  summary: objectOf(arbitraryValue),
  tags,
  group: fc.option(text),
  jobType: fc.option(text),
  host: fc.option(text),
  username: fc.option(text),
  entity: text,
  project: text,
  sweep: fc.option(text),
  createdAt: moment,
  updatedAt: fc.option(moment),
  heartbeatAt: fc.option(moment),
  durationSeconds: fc.option(fc.constantFrom(0, 1, 1.5)),
  notes: fc.option(text),
  description: fc.option(text),
  commit: fc.option(text),
  historyKeys: fc.option(
    objectOf(arbitraryValue).map((keys) => ({ keys, lastStep: 1 })),
    { nil: undefined },
  ),
  inputArtifacts: fc.option(tags, { nil: undefined }),
  outputArtifacts: fc.option(tags, { nil: undefined }),
});

const path = fc.array(key, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("."));
const plainField = fc.oneof(
  path.map((rest) => `config.${rest}`),
  path.map((rest) => `config.${rest}`),
  path.map((rest) => `summary_metrics.${rest}`),
  path.map((rest) => `summary.${rest}`),
  path.map((rest) => `keys_info.keys.${rest}`),
  fc.constantFrom("tags", "tags.a", "tags.x.y", "inputArtifacts", "outputArtifacts"),
  fc.constantFrom("name", "displayName", "display_name", "state", "group", "jobType", "job_type", "host"),
  fc.constantFrom(
    "username",
    "sweep",
    "entity",
    "project",
    "duration",
    "notes",
    "description",
    "commit",
    "_step",
  ),
);
const dateField = fc.constantFrom(
  "createdAt",
  "created_at",
  "updatedAt",
  "updated",
  "heartbeatAt",
  "heartbeat_at",
);

/** A field of runs, in some spelling. */
export const arbitraryField: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: plainField, weight: 5 },
  { arbitrary: dateField, weight: 1 },
);

const condition = fc.oneof(
  {
    arbitrary: fc.tuple(plainField, conditionOn(arbitraryValue, fc.oneof(fc.boolean(), number, text))),
    weight: 5,
  },
  { arbitrary: fc.tuple(dateField, conditionOn(fc.option(dateOperand), dateOperand)), weight: 1 },
);

/** A valid filter over runs, as JSON. */
export const arbitraryFilter: fc.Arbitrary<JsonObject> = fc.letrec<{ filter: JsonObject }>((tie) => {
  const list = fc.array(fc.oneof({ arbitrary: tie("filter"), weight: 9 }, fc.constant(null)), {
    maxLength: 3,
  });
  const logical = fc.oneof(
    fc.tuple(fc.constantFrom("$and", "$or", "$nor"), list),
    fc.tuple(fc.constant("$not"), tie("filter")),
  );
  return {
    filter: fc.oneof(
      { maxDepth: 3, depthSize: "small" },
      { arbitrary: fc.array(condition, { minLength: 1, maxLength: 2 }).map(fromEntries), weight: 3 },
      { arbitrary: fc.tuple(logical).map(fromEntries), weight: 2 },
    ),
  };
}).filter;

/** An order over runs of one to three keys, none of which needs quotes. */
export const arbitraryOrder: fc.Arbitrary<string> = fc
  .array(fc.tuple(fc.constantFrom("", "+", "-"), arbitraryField), { minLength: 1, maxLength: 3 })
  .map((keys) => keys.map(([sign, field]) => sign + field).join(","));

/** A plain operand, or an object of operators. */
function conditionOn<T extends JsonValue>(
  operand: fc.Arbitrary<T>,
  comparable: fc.Arbitrary<JsonValue>,
): fc.Arbitrary<JsonValue> {
  const regex = fc.record(
    {
      $regex: fc.constantFrom("a", "^a", "b$", "^A?b", "[01]", "^$", "x\\.y"),
      $options: fc.constantFrom("", "i", "is"),
    },
    { requiredKeys: ["$regex"] },
  );
  const operators = fc.oneof(
    fc.tuple(fc.constantFrom("$eq", "$ne"), operand),
    fc.tuple(fc.constantFrom("$gt", "$gte", "$lt", "$lte"), comparable),
    fc.tuple(fc.constantFrom("$in", "$nin", "$all"), fc.array(operand, { maxLength: 3 })),
    fc.tuple(fc.constant("$exists"), fc.boolean()),
    fc.tuple(fc.constant("$contains"), fc.constantFrom("a", "b", "", "1")),
    fc.tuple(fc.constant("$size"), fc.nat(3)),
  );
  const simple: fc.Arbitrary<JsonObject> = fc.oneof(
    { arbitrary: fc.array(operators, { minLength: 1, maxLength: 2 }).map(fromEntries), weight: 5 },
    { arbitrary: regex, weight: 1 },
  );
  return fc.oneof(
    { arbitrary: operand, weight: 2 },
    { arbitrary: simple, weight: 4 },
    { arbitrary: simple.map(($not) => ({ $not })), weight: 1 },
  );
}

function objectOf(value: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map(fromEntries);
}

/** Unlike assignment, keeps a key called `__proto__`. */
function fromEntries(entries: readonly (readonly [string, JsonValue])[]): JsonObject {
  return Object.fromEntries(entries);
}
