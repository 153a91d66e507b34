// Large runs of 20 metrics: what each way of reading costs, beside the live path.
import { doubles, step } from "../columns.ts";
import { writeParquet, type FileForm } from "../parquet-file.ts";
import { denseRows, metricNames, type Row } from "../rows.ts";
import type { Case, CaseGroup } from "./case.ts";

const names = metricNames(20);

function timed(rows: readonly Row[], name: string, title: string, fileCount: number, form: FileForm): Case {
  const size = rows.length / fileCount;
  const files = Array.from({ length: fileCount }, (_, index) => {
    const part = rows.slice(index * size, (index + 1) * size);
    return writeParquet([step(part), ...doubles(part, names)], form);
  });
  return { name: `time-${name}`, title, rows, files, keys: [names.slice(0, 1)], isTimed: true };
}

/** The large runs; building them takes a few seconds. */
export function timingCases(): CaseGroup {
  const rows = denseRows(100_000, names);
  const part = rows.slice(0, 30_000);
  return {
    question: "Time for large runs of 20 metrics",
    cases: [
      timed(rows, "one", "100,000 rows, one file, row groups of 20,000", 1, {}),
      timed(part, "one-small-groups", "30,000 rows, one file, row groups of 2,000", 1, {
        rowGroupRows: 2_000,
      }),
      timed(part, "ten", "30,000 rows, ten files of one row group", 10, {}),
    ],
  };
}
