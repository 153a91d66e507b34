// How the bytes are laid out: codecs, encodings, dictionaries, pages, row groups, width, the step's own column.
import { doubles, leaf, step } from "../columns.ts";
import { writeParquet, type Column, type FileForm } from "../parquet-file.ts";
import { stepOf } from "../live-answers.ts";
import { denseRows, metricNames, noise, rowsOf } from "../rows.ts";
import type { Case, CaseGroup } from "./case.ts";

const names = ["loss", "train/loss.0", "eval.acc"];
const rows = rowsOf(1_200, (index) => ({
  loss: noise(index, 1),
  "train/loss.0": noise(index, 2),
  "eval.acc": noise(index % 7, 3),
  epoch: index >> 5,
  isBest: index % 11 === 0,
  phase: index % 100 < 90 ? "train" : "eval – «x»",
}));
const keys = [["loss"], ["phase", "loss"]];

/** The recommended columns, in the recommended encodings. */
function columns(options: Parameters<typeof doubles>[2] = {}): Column[] {
  return [
    step(rows),
    ...doubles(rows, names, options),
    leaf(rows, "epoch", "int64"),
    leaf(rows, "isBest", "boolean"),
    leaf(rows, "phase", "string"),
  ];
}

function storage(name: string, title: string, form: FileForm, parts: readonly Column[] = columns()): Case {
  return { name, title, rows, keys, files: [writeParquet(parts, form)] };
}

function wide(count: number): Case {
  const many = metricNames(count);
  const wideRows = denseRows(1_100, many);
  return {
    name: `columns-${count}`,
    title: `${count} columns of doubles`,
    rows: wideRows,
    keys: [many.slice(0, 2)],
    files: [writeParquet([step(wideRows), ...doubles(wideRows, many)])],
  };
}

const stepLast = [...columns().slice(1), step(rows)];

/** The forms of storage. */
export const storageCases: CaseGroup = {
  question: "Forms of storage, every row holding every key",
  cases: [
    storage("codec-none", "no compression", { codec: "UNCOMPRESSED" }),
    storage("codec-snappy", "Snappy", { codec: "SNAPPY" }),
    storage("codec-zstd", "Zstandard level 1", { codec: "ZSTD" }),
    storage("codec-gzip", "gzip", { codec: "GZIP" }),
    storage("codec-brotli", "Brotli", { codec: "BROTLI" }),
    storage("plain", "doubles PLAIN", {}, columns({ encoding: "PLAIN" })),
    storage("byte-stream-split", "doubles BYTE_STREAM_SPLIT", {}),
    storage("dictionary", "doubles RLE_DICTIONARY", {}, columns({ encoding: "RLE_DICTIONARY" })),
    storage("delta-strings", "strings DELTA_BYTE_ARRAY", {}, [
      step(rows),
      ...doubles(rows, names),
      leaf(rows, "epoch", "int64", { encoding: "DELTA_BINARY_PACKED" }),
      leaf(rows, "isBest", "boolean"),
      leaf(rows, "phase", "string", { encoding: "DELTA_BYTE_ARRAY" }),
    ]),
    storage("required", "columns REQUIRED", {}, columns({ repetition: "REQUIRED" })),
    storage("pages", "many pages, column and offset index", { pageBytes: 1_000 }),
    storage("pages-no-index", "many pages, no index", { pageBytes: 1_000, hasPageIndex: false }),
    storage("no-statistics", "no statistics", { hasStatistics: false }),
    storage("groups-100", "row groups of 100", { rowGroupRows: 100 }),
    storage("groups-1000", "row groups of 1,000", { rowGroupRows: 1_000 }),
    wide(5),
    wide(200),
    storage("step-last", "_step as the last column", {}, stepLast),
    storage("step-plain", "_step PLAIN", {}, [step(rows, { encoding: "PLAIN" }), ...columns().slice(1)]),
    storage("step-optional", "_step OPTIONAL", {}, [
      step(rows, { repetition: "OPTIONAL" }),
      ...columns().slice(1),
    ]),
    storage("step-double", "_step as DOUBLE", {}, [
      leaf(rows, "_step", "double", { repetition: "REQUIRED" }),
      ...columns().slice(1),
    ]),
    storage("step-int32", "_step as INT32", {}, [
      leaf(rows, "_step", "int32", { repetition: "REQUIRED" }),
      ...columns().slice(1),
    ]),
    storage("step-string", "_step as text", {}, [
      leaf(rows, "_step", "string", { pick: (row) => String(stepOf(row)) }),
      ...columns().slice(1),
    ]),
    storage("step-missing", "no _step column", {}, columns().slice(1)),
  ],
};
