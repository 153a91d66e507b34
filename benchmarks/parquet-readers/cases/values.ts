// Which values come back as they were logged, in which kind of column.
import type { SchemaElement } from "hyparquet";
import { printJson, type JsonValue } from "@steelyard/protocol";
import { column, leaf, list, map, step, struct, type LeafKind } from "../columns.ts";
import { writeParquet, type Column } from "../parquet-file.ts";
import { noise, rowsOf, type Row } from "../rows.ts";
import type { Case, CaseGroup } from "./case.ts";

const count = 60;

/** A case with one key `x` that every row holds. */
function oneKey(
  name: string,
  title: string,
  value: (index: number) => JsonValue,
  make: (rows: Row[]) => Column,
): Case {
  const rows = rowsOf(count, (index) => ({ x: value(index) }));
  return { name, title, rows, keys: [["x"]], files: [writeParquet([step(rows), make(rows)])] };
}

function oneLeaf(
  name: string,
  title: string,
  kind: LeafKind,
  values: readonly [JsonValue, ...JsonValue[]],
): Case {
  const value = (index: number): JsonValue => values[index % values.length] ?? values[0];
  return oneKey(name, title, value, (rows) => leaf(rows, "x", kind));
}

/** What the client logs for an image. */
const image = (index: number): JsonValue => ({
  _type: "image-file",
  path: `media/images/x_${index}.png`,
  sha256: index.toString(16).padStart(64, "0"),
  size: 1_000 + index,
});
const imageFields = { _type: "string", path: "string", sha256: "string", size: "int64" } as const;

const nested = (index: number): JsonValue =>
  index % 2 === 0 ? { a: noise(index, 1) } : { a: 0.5, b: noise(index, 2) };

/** Other kinds of nesting, spelled out. */
const listOfStructs: readonly SchemaElement[] = [
  { name: "x", repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
  { name: "label", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  { name: "score", type: "DOUBLE", repetition_type: "OPTIONAL" },
];

/**
 * The footer entry that Arrow writers add, for a schema of `_step` (64-bit integer) and `x` (large_string); readers
 * take the type of `x` from it.
 */
const largeStringSchema =
  "/////7gAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAIAAABQAAAAFAAAABAAFAAIAAYABwAMAAAAEAAQAAAA" +
  "AAABFBAAAAAYAAAABAAAAAAAAAABAAAAeAAAAAQABAAEAAAAEAAUAAgAAAAHAAwAAAAQABAAAAAAAAACEAAAACAAAAAEAAAAAAAAAAUAAABfc3Rl" +
  "cAAAAAgADAAIAAcACAAAAAAAAAFAAAAA";

const textRows = rowsOf(count, (index) => ({ x: `line ${index}` }));

const nestedRows = rowsOf(count, (index) => ({ s: { a: 0.5, b: 1.5 }, l: [0.5, 1.5], x: noise(index, 1) }));

const dottedRows = rowsOf(count, (index) => ({ x: { a: noise(index, 1), b: index } }));
const leafOfObject =
  (field: string) =>
  (row: Row): unknown => {
    const { x } = row;
    return typeof x === "object" && x !== null && field in x
      ? Object.entries(x).find(([key]) => key === field)?.[1]
      : null;
  };

/** The kinds of values. */
export const valueCases: CaseGroup = {
  question: "Values, every row holding the key",
  cases: [
    oneLeaf("double", "fractions in DOUBLE", "double", [0.1, 1e300, -2.5, 5e-324]),
    oneLeaf("whole-double", "whole numbers in DOUBLE", "double", [1, 2, 3]),
    oneLeaf("mixed-double", "whole numbers and fractions in one DOUBLE column", "double", [1, 0.5, 3]),
    oneLeaf(
      "million-double",
      "whole numbers from a million on in DOUBLE",
      "double",
      [999_999, 1_000_000, 1_234_567],
    ),
    oneLeaf(
      "million-int64",
      "whole numbers from a million on in INT64",
      "int64",
      [999_999, 1_000_000, 1_234_567],
    ),
    oneLeaf(
      "mixed-million",
      "fractions and whole numbers from a million on in DOUBLE",
      "double",
      [0.5, 1_234_567],
    ),
    oneLeaf("big-double", "whole numbers beyond 2^53 (as 1e300) in DOUBLE", "double", [1e18, 1e21, 1e300]),
    oneLeaf("not-finite", "NaN and infinities in DOUBLE", "double", [NaN, Infinity, -Infinity, 0.5]),
    oneLeaf("minus-zero", "-0 in DOUBLE", "double", [-0, 0.5]),
    oneLeaf("float", "fractions in FLOAT", "float", [0.5, 0.25]),
    oneLeaf("float-narrowed", "fractions of 64 bits in FLOAT", "float", [0.1]),
    oneLeaf("int64", "integers in INT64", "int64", [1, -2, 9_007_199_254_740_991]),
    oneLeaf("int64-big", "integers beyond 2^53 in INT64", "int64", [9_007_199_254_740_993n, -(2n ** 63n)]),
    oneLeaf("int32", "integers in INT32", "int32", [1, -2]),
    oneLeaf("boolean", "booleans", "boolean", [true, false]),
    oneLeaf("string", "texts", "string", ["a", "", 'quote " backslash \\', "ünï\u0000😀", "NaN"]),
    oneLeaf("null", "None that was logged, in DOUBLE", "double", [null, 0.5]),
    oneLeaf("timestamp", "TIMESTAMP_MILLIS (for a whole number)", "timestamp", [1_700_000_000_000]),
    oneKey(
      "mixed-json",
      "numbers and texts as JSON in a STRING column",
      (index) => (index % 2 === 0 ? index : "text"),
      (rows) => leaf(rows, "x", "string", { pick: (row) => printJson(row["x"] ?? null) }),
    ),
    oneKey(
      "mixed-text",
      "numbers and texts in a STRING column, numbers as digits",
      (index) => (index % 2 === 0 ? index : "text"),
      (rows) =>
        leaf(rows, "x", "string", { pick: ({ x }) => (typeof x === "string" ? x : printJson(x ?? null)) }),
    ),
    oneKey("struct", "a media object in a STRUCT", image, (rows) => struct(rows, "x", imageFields)),
    oneKey("struct-json", "a media object as text in a JSON column", image, (rows) =>
      leaf(rows, "x", "json", { pick: (row) => row["x"] }),
    ),
    oneKey("struct-string", "a media object as JSON in a STRING column", image, (rows) =>
      leaf(rows, "x", "string", { pick: (row) => printJson(row["x"] ?? null) }),
    ),
    oneKey("struct-sparse", "objects of differing keys in a STRUCT", nested, (rows) =>
      struct(rows, "x", { a: "double", b: "double" }),
    ),
    oneKey("map", "objects of differing keys in a MAP", nested, (rows) => map(rows, "x", "double")),
    {
      name: "flattened",
      title: "an object as columns with dotted names",
      rows: dottedRows,
      keys: [["x.a"], ["x"]],
      files: [
        writeParquet([
          step(dottedRows),
          leaf(dottedRows, "x.a", "double", { pick: leafOfObject("a") }),
          leaf(dottedRows, "x.b", "int64", { pick: leafOfObject("b") }),
        ]),
      ],
    },
    {
      name: "struct-dotted-key",
      title: "an object in a STRUCT, asked for by its dotted key",
      rows: dottedRows,
      keys: [["x.a"], ["x"]],
      files: [writeParquet([step(dottedRows), struct(dottedRows, "x", { a: "double", b: "int64" })])],
    },
    oneKey(
      "empty-object",
      "an empty object in a MAP",
      () => ({}),
      (rows) => map(rows, "x", "double"),
    ),
    oneKey(
      "list",
      "lists of numbers",
      (index) => [0.5, noise(index, 1)],
      (rows) => list(rows, "x", "double"),
    ),
    oneKey(
      "list-of-integers",
      "lists of integers, some empty",
      (index) => Array.from({ length: index % 3 }, (_, item) => item),
      (rows) => list(rows, "x", "int32"),
    ),
    oneKey(
      "list-with-none",
      "lists holding None",
      () => ["a", null],
      (rows) => list(rows, "x", "string"),
    ),
    oneKey(
      "list-of-structs",
      "lists of objects",
      (index) => [{ label: "a", score: noise(index, 1) }],
      (rows) =>
        column(
          "x",
          listOfStructs,
          rows.map((row) => row["x"]),
        ),
    ),
    {
      name: "nested-first",
      title: "a STRUCT and a LIST before the key asked for",
      rows: nestedRows,
      keys: [["x"], ["l"]],
      files: [
        writeParquet([
          struct(nestedRows, "s", { a: "double", b: "double" }),
          list(nestedRows, "l", "double"),
          step(nestedRows),
          leaf(nestedRows, "x", "double"),
        ]),
      ],
    },
    {
      name: "large-string",
      title: "texts with an ARROW:schema entry that says large_string",
      rows: textRows,
      keys: [["x"]],
      files: [
        writeParquet([step(textRows), leaf(textRows, "x", "string")], {
          metadata: [{ key: "ARROW:schema", value: largeStringSchema }],
        }),
      ],
    },
  ],
};
