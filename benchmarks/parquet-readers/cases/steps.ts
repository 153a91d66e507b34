// Steps and files: gaps, repeated and falling steps, several files and their order.
import { doubles, leaf, step } from "../columns.ts";
import { writeParquet } from "../parquet-file.ts";
import { stepOf } from "../live-answers.ts";
import { denseRows, type Row } from "../rows.ts";
import type { Case, CaseGroup } from "./case.ts";

const names = ["loss", "train/acc"];
const rows = denseRows(240, names);

function fileOf(part: readonly Row[]): Uint8Array {
  return writeParquet([step(part), ...doubles(part, names)]);
}

function several(
  name: string,
  title: string,
  files: readonly Uint8Array[],
  logged: readonly Row[] = rows,
): Case {
  return {
    name: `steps-${name}`,
    title,
    rows: logged,
    keys: [["loss", "train/acc"]],
    files,
    pageSize: 100,
    windows: [
      [50, 150],
      [0, 10],
    ],
  };
}

function at(map: (step: number) => number): Row[] {
  return rows.map((row) => ({ ...row, _step: map(stepOf(row)) }));
}

function thirds(): [Uint8Array, Uint8Array, Uint8Array] {
  return [fileOf(rows.slice(0, 80)), fileOf(rows.slice(80, 160)), fileOf(rows.slice(160))];
}
const [first, second, third] = thirds();
const even = rows.filter((row) => stepOf(row) % 2 === 0);
const odd = rows.filter((row) => stepOf(row) % 2 === 1);
const gaps = at((index) => (index < 120 ? index : index + 5_000));
const repeated = at((index) => index >> 1);
const falling = at((index) => (index < 120 ? index : index - 60));

/** Steps and files. */
export const stepCases: CaseGroup = {
  question: "Steps and several files (pages of 100 steps)",
  cases: [
    several("one", "one file", [fileOf(rows)]),
    several("three", "three files, in the order of steps", [first, second, third]),
    several("reversed", "three files, the last one first", [third, second, first]),
    several("interleaved", "two files whose steps interleave", [fileOf(even), fileOf(odd)]),
    several("overlapping", "two files that share steps 60 to 119", [
      fileOf(rows.slice(0, 120)),
      fileOf(rows.slice(60)),
    ]),
    several("gaps", "5,000 steps without rows", [fileOf(gaps)], gaps),
    several("repeated", "each step twice", [fileOf(repeated)], repeated),
    several("falling", "steps that fall back (60 to 119 twice)", [fileOf(falling)], falling),
    several(
      "sorted",
      "the same rows sorted by step in the file",
      [fileOf(falling.toSorted((left, right) => stepOf(left) - stepOf(right)))],
      falling,
    ),
    several("empty-file", "a file without rows, then all rows", [fileOf([]), fileOf(rows)]),
    several("null-step", "rows whose _step is null", [
      writeParquet([
        leaf(rows, "_step", "int64", { pick: (row) => (stepOf(row) % 10 === 0 ? null : stepOf(row)) }),
        ...doubles(rows, names),
      ]),
    ]),
  ],
};
