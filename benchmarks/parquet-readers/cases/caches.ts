// What the client keeps: files under `<entity>_<project>_<run>_<index>`, read again without asking the server.
import { doubles, step } from "../columns.ts";
import { writeParquet } from "../parquet-file.ts";
import { denseRows, noise, rowsOf, type Row } from "../rows.ts";
import type { Case, CaseGroup } from "./case.ts";

const names = ["loss"];
const rows = denseRows(300, names);
const rewritten = rowsOf(300, (index) => ({ loss: noise(index, index < 100 ? 0 : 9) }));

function fileOf(part: readonly Row[]): Uint8Array {
  return writeParquet([step(part), ...doubles(part, names)]);
}

function change(name: string, title: string, before: Partial<Case>, next: Case["next"]): Case {
  return {
    name: `cache-${name}`,
    title,
    rows,
    files: [],
    keys: [["loss"]],
    pageSize: 100,
    ...before,
    ...(next === undefined ? {} : { next }),
  };
}

const head = fileOf(rows.slice(0, 100));
const middle = fileOf(rows.slice(100, 200));

/** A run that changes after the client has read it. */
export const cacheCases: CaseGroup = {
  question: "A run that changes after it was read (answers after the change)",
  cases: [
    change(
      "append",
      "a second file is added, the first stays",
      { files: [head], liveData: [{ _step: 100 }] },
      { rows, files: [head, middle], liveData: [{ _step: 200 }] },
    ),
    change(
      "grow",
      "the same file is written anew with more rows",
      { files: [head], liveData: [{ _step: 100 }] },
      { rows, files: [fileOf(rows.slice(0, 200))], liveData: [{ _step: 200 }] },
    ),
    change(
      "merge",
      "two files become one",
      { files: [head, middle], liveData: [{ _step: 200 }] },
      { rows, files: [fileOf(rows.slice(0, 200))], liveData: [{ _step: 200 }] },
    ),
    change(
      "rewind",
      "rewound to step 100 and logged again",
      { files: [fileOf(rows)] },
      { rows: rewritten, files: [fileOf(rewritten)] },
    ),
    change(
      "rewind-withdraw",
      "rewound to step 100; no files are handed out any more",
      { files: [fileOf(rows)] },
      { rows: rewritten, files: [] },
    ),
    change(
      "rewind-live",
      "rewound to step 100; the same file, liveData 100",
      { files: [fileOf(rows)] },
      { rows: rewritten, files: [fileOf(rows)], liveData: [{ _step: 100 }] },
    ),
    change(
      "missing",
      "the file was answered with 404 the first time",
      { files: [fileOf(rows)], fileStatus: 404 },
      { rows, files: [fileOf(rows)] },
    ),
    change(
      "same-id",
      "deleted; another run gets its id (or another server has a run with the same three names)",
      { files: [fileOf(rewritten)], rows: rewritten },
      { rows, files: [fileOf(rows)] },
    ),
    change(
      "same-id-live",
      "the same, but the new run has no files yet",
      { files: [fileOf(rewritten)], rows: rewritten },
      { rows, files: [] },
    ),
    change(
      "same-file-name",
      "then a run whose names join to the same text (parquet + cache-x_y, parquet_cache-x + y)",
      { name: "cache-x_y", files: [fileOf(rewritten)], rows: rewritten },
      { rows, files: [fileOf(rows)], run: { project: "parquet_cache-x", name: "y" } },
    ),
  ],
};
