// How costs grow when things are ten times larger: for each cost the exponent, 1 for "as the size", 0 for "not at all".
// `--only runs-table,ingest` measures some and leaves what the last results say of the others; `--divide 100` takes
// sizes so much smaller and writes nothing.
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { subjects, type Costs } from "./subjects.ts";

const { values } = parseArgs({ options: { only: { type: "string" }, divide: { type: "string" } } });
const divisor = Number(values.divide ?? 1);
const chosen = values.only?.split(",") ?? subjects.map((subject) => subject.name);
const file = new URL("last-results.json", import.meta.url);

const before: unknown = await readFile(file, "utf8").then(JSON.parse, () => ({}));
const results: Record<string, unknown> = { ...(typeof before === "object" && before) };
results["machine"] = { node: process.version, cores: availableParallelism() };
for (const subject of subjects) {
  if (!chosen.includes(subject.name)) continue;
  const size = Math.max(1, Math.round(subject.size / divisor));
  const sizes = [size, 10 * size] as const;
  console.log(`${subject.name}: ${sizes.join(" and ")} ${subject.of}`);
  const small = await subject.measure(sizes[0]);
  const large = await subject.measure(sizes[1]);
  const costs = compare(small, large);
  console.table(costs);
  results[subject.name] = { of: subject.of, sizes, costs };
}
if (values.divide === undefined)
  await writeFile(file, await format(JSON.stringify(results), { parser: "json", printWidth: 110 }));

function compare(fewer: Costs, more: Costs): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(more).flatMap(([name, cost]) => {
      const less = fewer[name];
      if (less === undefined) return [];
      const exponent = Math.round(100 * Math.log10(cost / less)) / 100;
      return [[name, { atOne: round(less), atTen: round(cost), exponent }]];
    }),
  );
}

function round(cost: number): number {
  return Number(cost.toPrecision(3));
}
