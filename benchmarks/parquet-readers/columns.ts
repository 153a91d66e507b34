// Builders of columns: the schema of each kind that the cases use, and the values taken from rows.
import type { ConvertedType, Encoding, FieldRepetitionType, ParquetType, SchemaElement } from "hyparquet";
import type { Column } from "./parquet-file.ts";
import type { Row } from "./rows.ts";

/** The kinds of columns without children. */
export type LeafKind =
  "double" | "float" | "int32" | "int64" | "boolean" | "string" | "json" | "binary" | "timestamp";

const leaves: Readonly<Record<LeafKind, { readonly type: ParquetType; readonly converted?: ConvertedType }>> =
  {
    double: { type: "DOUBLE" },
    float: { type: "FLOAT" },
    int32: { type: "INT32" },
    int64: { type: "INT64" },
    boolean: { type: "BOOLEAN" },
    string: { type: "BYTE_ARRAY", converted: "UTF8" },
    json: { type: "BYTE_ARRAY", converted: "JSON" },
    binary: { type: "BYTE_ARRAY" },
    timestamp: { type: "INT64", converted: "TIMESTAMP_MILLIS" },
  };

/** How a column is made, beside its name and kind. */
export interface ColumnOptions {
  /** @default "OPTIONAL" */
  readonly repetition?: FieldRepetitionType;
  readonly encoding?: Encoding;
  /** The value of a row. @default the row's value under the column's name, null where it has none */
  readonly pick?: (row: Row) => unknown;
}

/** A column without children. */
export function leaf(
  rows: readonly Row[],
  name: string,
  kind: LeafKind,
  options: ColumnOptions = {},
): Column {
  const pick = options.pick ?? ((row: Row): unknown => row[name] ?? null);
  const values = rows
    .map(pick)
    .map((value) => (kind === "int64" && typeof value === "number" ? BigInt(value) : value));
  return column(name, [leafElement(name, kind, options.repetition)], values, options.encoding);
}

/** The step, as every file of ours has it: required, 64 bits, packed differences. */
export function step(rows: readonly Row[], options: ColumnOptions = {}): Column {
  return leaf(rows, "_step", "int64", {
    repetition: "REQUIRED",
    encoding: "DELTA_BINARY_PACKED",
    ...options,
  });
}

/** Columns of doubles under these names. */
export function doubles(
  rows: readonly Row[],
  names: readonly string[],
  options: ColumnOptions = {},
): Column[] {
  return names.map((name) => leaf(rows, name, "double", { encoding: "BYTE_STREAM_SPLIT", ...options }));
}

/** A column of objects that all have the same fields. */
export function struct(
  rows: readonly Row[],
  name: string,
  fields: Readonly<Record<string, LeafKind>>,
): Column {
  const children = Object.entries(fields).map(([field, kind]) => leafElement(field, kind));
  const group: SchemaElement = { name, repetition_type: "OPTIONAL", num_children: children.length };
  return column(
    name,
    [group, ...children],
    rows.map((row) => toFields(row[name], fields)),
  );
}

/** A column of lists. */
export function list(rows: readonly Row[], name: string, kind: LeafKind): Column {
  const elements: SchemaElement[] = [
    { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    leafElement("element", kind),
  ];
  return column(
    name,
    elements,
    rows.map((row) => row[name] ?? null),
  );
}

/** A column of objects with any fields, all of them of one kind. */
export function map(rows: readonly Row[], name: string, kind: LeafKind): Column {
  const elements: SchemaElement[] = [
    { name, repetition_type: "OPTIONAL", converted_type: "MAP", num_children: 1 },
    { name: "key_value", repetition_type: "REPEATED", num_children: 2 },
    leafElement("key", "string", "REQUIRED"),
    leafElement("value", kind),
  ];
  return column(
    name,
    elements,
    rows.map((row) => row[name] ?? null),
  );
}

/** A column with a schema of its own. */
export function column(
  name: string,
  elements: readonly SchemaElement[],
  values: readonly unknown[],
  encoding?: Encoding,
): Column {
  return { name, elements, values, ...(encoding === undefined ? {} : { encoding }) };
}

/** The object as the writer takes it: integers of 64 bits have to be `bigint`. */
function toFields(value: unknown, fields: Readonly<Record<string, LeafKind>>): unknown {
  if (typeof value !== "object" || value === null) return null;
  const entries = Object.entries(value).map(([field, item]: [string, unknown]) => {
    return [field, fields[field] === "int64" && typeof item === "number" ? BigInt(item) : item];
  });
  return Object.fromEntries(entries);
}

function leafElement(
  name: string,
  kind: LeafKind,
  repetition: FieldRepetitionType = "OPTIONAL",
): SchemaElement {
  const { type, converted } = leaves[kind];
  return {
    name,
    type,
    repetition_type: repetition,
    ...(converted === undefined ? {} : { converted_type: converted }),
  };
}
