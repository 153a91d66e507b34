// What both clients are asked to read and translate of reports.
import fc from "fast-check";

/** Keys of configs of the run set. */
export const runsConfig = { lr: 0.1, model: "x", deep: { a: 1 } };

const columns = ["ID", "Name", "State", "Runtime", "Step", "name", "displayName", "_step", "createdAt"];
const keys = ["lr", "model", "deep", "loss", "acc_1", "ünï", "x"];

/** Names to translate, each way. */
export const names: readonly string[] = [
  ...columns,
  ...keys,
  ...keys.map((key) => `${key}.part.value`),
  ...["Relative Time (Wall)", "Wall Time", "Step.x", "", "Created Timestamp", "Latest Timestamp"],
  ...keys.flatMap((key) => [`c::${key}`, `s::${key}`, `c::${key}.a.b`, `s::${key}.a`]),
  ...keys.flatMap((key) => [`config.${key}.value`, `config.${key}.value.a`, `summary_metrics.${key}`]),
  ...keys.flatMap((key) => [
    `config:${key}.value`,
    `config:${key}.value.a.b`,
    `summary:${key}`,
    `config:${key}`,
  ]),
  ...["run:createdAt", "run:heartbeatAt", "run:unknown", "summary:_step", "summary:_timestamp"],
];

const name = fc.constantFrom(...columns, ...keys);
// Without minus signs beside dots, and without numbers that begin or end in one: Python confuses these with its own
// placeholders for dots.
const quoted = fc
  .stringMatching(/^[a-z0-9 .,<>=()é\\n]{0,12}$/u)
  .map((text) => `'${text.replaceAll("\\", "\\\\")}'`);
const number = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom("0", "0.5", "1.5", "1.5e3", "1e-7", "0x1F", "1_000", "12345678901234567890"),
);
const constant = fc.constantFrom("True", "False", "None");
const scalar = fc.oneof(quoted, number, constant, name);
const list = fc
  .tuple(fc.array(scalar, { maxLength: 3 }), fc.boolean())
  .map(([items, isTuple]) =>
    isTuple ? `(${items.join(", ")},)`.replace("(,)", "()") : `[${items.join(", ")}]`,
  );
const operator = fc.constantFrom("<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not");
const space = fc.constantFrom(" ", "  ");
const comparison = fc
  .tuple(fc.oneof(name, quoted), space, operator, fc.oneof(scalar, list))
  .map(([left, gap, op, right]) => `${left}${gap}${op} ${right} `);
const wrapped = fc.oneof(
  comparison,
  comparison.map((text) => `(${text})`),
);
const expression = fc
  .tuple(fc.array(wrapped, { minLength: 1, maxLength: 4 }), fc.constantFrom("and", "or"))
  .map(([parts, word]) => parts.join(` ${word} `).trim());

/** Expressions to translate: chosen ones, and made-up ones that are the same in every run. */
export const expressions: readonly string[] = [
  "loss < 0.1",
  "loss<0.1",
  "a > 1 and State == 'x'",
  "a > 1 or b < 2 or c == 3",
  "((a > 1))",
  "(a > 1) and (b < 2)",
  "Step >= 5.",
  "x == 'it''s'",
  `x == "a\\tb\\x41\\u00e9\\q\\101"`,
  "x == r'a\\n'",
  "x == 'é' 'ü'",
  "x in ['a', 'b', 3, [4]]",
  "x not in ('a',)",
  "x == (3)",
  "x == ()",
  "'Relative Time (Wall)' > 3",
  "x ==",
  "== 3",
  "x = 3",
  "x == 3)",
  "x == [1, 2",
  "x == 007",
  "x == 'a",
  "x == 'a\nb'",
  "x == 1 2",
  "x & 3 ==",
  "x == 3 and",
  "x == 3 4 == y",
  "not x == 3",
  "a > 1 and b > 2 or c > 3",
  "a > 1 and (b > 2 or c > 3)",
  "config.lr > 0.1",
  "loss > -1",
  "1 < loss",
  "loss",
  "a + b == 3",
  ...fc.sample(expression, { numRuns: 400, seed: 20_260_101 }),
];
