// Runs whose last rows are not in files yet: what liveData has to say.
import { doubles, step } from "../columns.ts";
import { writeParquet } from "../parquet-file.ts";
import { denseRows, noise, rowsOf, type Row } from "../rows.ts";
import { stepOf } from "../live-answers.ts";
import type { Case, CaseGroup } from "./case.ts";

const names = ["loss", "train/acc"];
const rows = denseRows(300, names);
const sealed = 200;

function fileOf(part: readonly Row[], columns: readonly string[] = names): Uint8Array {
  return writeParquet([step(part), ...doubles(part, columns)]);
}

function tail(name: string, title: string, liveData: readonly unknown[], more: Partial<Case> = {}): Case {
  return {
    name: `tail-${name}`,
    title,
    rows,
    keys: [["loss"]],
    files: [fileOf(rows.slice(0, sealed))],
    liveData,
    pageSize: 90,
    windows: [
      [150, 250],
      [200, 201],
    ],
    ...more,
  };
}

const gapped = rows.filter((row) => stepOf(row) < 200 || stepOf(row) >= 240);
const newKey: readonly Row[] = rows.map((row) =>
  stepOf(row) < 200 ? row : { ...row, late: noise(stepOf(row), 3) },
);
const everyTen = rowsOf(60, (index) => ({ loss: noise(index, 1) })).map((row) => ({
  ...row,
  _step: stepOf(row) * 10,
}));

/** The forms of liveData. */
export const tailCases: CaseGroup = {
  question: "A live tail: steps 0 to 199 in a file, 200 to 299 live (pages of 90 steps)",
  cases: [
    tail("first", "liveData: the first live step", [{ _step: sealed }]),
    tail("clamped", "the same, and live answers leave out the rows in files", [{ _step: sealed }], {
      liveFrom: sealed,
    }),
    tail("aligned", "the first live step, pages of 100 steps from 0 on", [{ _step: sealed }], {
      pageSize: 100,
    }),
    tail("first-one-page", "the same, everything in one page", [{ _step: sealed }], { pageSize: 1_000 }),
    tail("float", "the first live step as 200.5", [{ _step: 200.5 }]),
    tail(
      "every",
      "every live step",
      rows.slice(sealed).map((row) => ({ _step: stepOf(row) })),
    ),
    tail("last-and-first", "the last live step before the first", [{ _step: 299 }, { _step: sealed }]),
    tail("more-keys", "the whole first live row", [rows[sealed]]),
    tail("too-low", "a step that is in the file too (150)", [{ _step: 150 }]),
    tail("too-high", "a later live step (250)", [{ _step: 250 }]),
    tail("none", "nothing", []),
    tail("text", 'the step as text ("200")', [{ _step: "200" }]),
    tail("no-step", "an object without _step", [{ step: sealed }]),
    tail("number", "a bare number", [sealed]),
    tail("null", "null in the list", [null]),
    tail("no-rows", "a complete run, liveData one past its last step", [{ _step: 300 }], {
      files: [fileOf(rows)],
    }),
    tail("no-files", "no files, rows from step 150 on; liveData 0", [{ _step: 0 }], {
      rows: rows.slice(150),
      files: [],
    }),
    tail("gap", "no rows at steps 200 to 239; liveData 240", [{ _step: 240 }], { rows: gapped }),
    tail("gap-next", "no rows at steps 200 to 239; liveData 200", [{ _step: 200 }], { rows: gapped }),
    tail("new-key", "a key that only live rows hold", [{ _step: sealed }], {
      rows: newKey,
      keys: [["loss"], ["late"]],
    }),
    tail("sparse-steps", "every tenth step only; files to 390, liveData 400", [{ _step: 400 }], {
      rows: everyTen,
      keys: [["loss"]],
      files: [writeParquet([step(everyTen.slice(0, 40)), ...doubles(everyTen.slice(0, 40), ["loss"])])],
    }),
    tail("two-files", "two files and the tail", [{ _step: sealed }], {
      files: [fileOf(rows.slice(0, 120)), fileOf(rows.slice(120, sealed))],
    }),
  ],
};
