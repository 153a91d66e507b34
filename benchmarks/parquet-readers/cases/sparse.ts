// Rows that do not all hold the same keys: which files make the client return what the live path returns?
import { doubles, leaf, map, step } from "../columns.ts";
import { writeParquet, type Column } from "../parquet-file.ts";
import { noise, rowsOf, type Row } from "../rows.ts";
import type { Case, CaseGroup } from "./case.ts";

/** Training logs every step, evaluation every tenth, and one row holds evaluation alone. */
const rows = rowsOf(120, (index) => ({
  ...(index === 55 ? {} : { loss: noise(index, 1) }),
  ...(index % 10 === 5 ? { accuracy: noise(index, 2) } : {}),
}));
const names = ["loss", "accuracy"];
const keys = [["loss"], ["accuracy"], ["loss", "accuracy"], ["unknown"], ["loss", "unknown"]];

const dense = rowsOf(120, (index) => ({ loss: noise(index, 1) }));

function sparse(name: string, title: string, files: readonly Uint8Array[], more: Partial<Case> = {}): Case {
  return { name: `sparse-${name}`, title, rows, keys, files, ...more };
}

function keysOf(row: Row): string[] {
  return names.filter((name) => name in row);
}

function fileOf(part: readonly Row[], columns: readonly string[]): Uint8Array {
  return writeParquet([step(part), ...doubles(part, columns)]);
}

/** A file for each set of keys; their steps interleave. */
function bySet(): Uint8Array[] {
  const sets = Map.groupBy(rows, (row) => keysOf(row).join());
  return [...sets.values()].map((part) => fileOf(part, keysOf(part[0] ?? {})));
}

/** A file for each stretch of rows with the same keys; their steps follow each other. */
function byStretch(): Uint8Array[] {
  const stretches: Row[][] = [];
  for (const row of rows) {
    const last = stretches.at(-1);
    if (last?.[0] !== undefined && keysOf(last[0]).join() === keysOf(row).join()) last.push(row);
    else stretches.push([row]);
  }
  return stretches.map((part) => fileOf(part, keysOf(part[0] ?? {})));
}

/** A file for each key, with the rows that hold it. */
function byKey(): Uint8Array[] {
  return names.map((name) =>
    fileOf(
      rows.filter((row) => name in row),
      [name],
    ),
  );
}

/** As `byKey`, but one column named like the step stays null where the key is absent. */
function nullSteps(): Uint8Array[] {
  return names.map((name) =>
    writeParquet([
      leaf(rows, "_step", "int64", { pick: (row) => (name in row ? row["_step"] : null) }),
      leaf(rows, name, "double"),
    ]),
  );
}

/** The reader passes over rows without a step, so no scan sees any of these. */
function hiddenFile(): Uint8Array {
  return writeParquet([
    leaf(rows, "_step", "int64", { pick: () => null }),
    leaf(rows, "step", "int64", { pick: (row) => row["_step"] }),
    ...doubles(rows, names),
  ]);
}

const inMap: readonly Row[] = rows.map((row) => ({
  ...row,
  metrics: Object.fromEntries(keysOf(row).map((key) => [key, row[key] ?? null])),
}));

function withoutStep(): Column[] {
  return doubles(rows, names);
}

/** The ways to write such rows. */
export const sparseCases: CaseGroup = {
  question: "Rows that lack keys",
  cases: [
    {
      name: "dense",
      title: "for comparison: every row holds the one key",
      rows: dense,
      keys,
      files: [fileOf(dense, ["loss"])],
    },
    sparse("nullable", "one file, null where a key is absent", [fileOf(rows, names)]),
    sparse("by-set", "a file for each set of keys, steps interleaved", bySet()),
    sparse("by-stretch", "a file for each stretch of rows with the same keys", byStretch()),
    sparse("by-key", "a file for each key", byKey()),
    sparse("null-steps", "a file for each key, null as _step where it is absent", nullSteps()),
    sparse("map", "all keys in one MAP column", [
      writeParquet([step(inMap), map(inMap, "metrics", "double")]),
    ]),
    sparse("no-step", "a second file without _step", [fileOf(rows, names), writeParquet(withoutStep())]),
    sparse(
      "hidden",
      "a file whose _step is null in every row, liveData names the first step",
      [hiddenFile()],
      {
        liveData: [{ _step: 0 }],
      },
    ),
    sparse("all-live", "one file, but liveData names the first step", [fileOf(rows, names)], {
      liveData: [{ _step: 0 }],
    }),
    sparse("no-files", "no files, liveData empty", []),
    sparse("no-files-live", "no files, liveData names the first step", [], { liveData: [{ _step: 0 }] }),
    sparse(
      "dense-head",
      "the rows before the first sparse one in a file, the others live",
      [fileOf(rows.slice(0, 5), ["loss"])],
      {
        liveData: [{ _step: 5 }],
      },
    ),
  ],
};
