/**
 * History as an Arrow table, by `apache-arrow`, which users install themselves if they want tables. Columns of numbers
 * are taken over without a copy.
 */
import { printJson } from "@steelyard/protocol";
import type { JsonValue } from "@steelyard/protocol";
import type * as ArrowModule from "apache-arrow";
import type { Table, Vector } from "apache-arrow";

import { UnsupportedError } from "../../core/errors.ts";
import type { HistoryColumn, HistoryColumns } from "./history-columns.ts";

type Arrow = typeof ArrowModule;

/** The name under which a table says in its schema's metadata whether it is a sample, and of how many rows. */
const EXTENT = "steelyard.history";

/**
 * A table of the columns: numbers are Float64; texts Utf8 and truth values Bool where all are; integers Int64 where all
 * are and some need it; everything else the JSON text of each value.
 *
 * @throws {UnsupportedError} when `apache-arrow` is not installed.
 */
export async function toArrowTable(history: HistoryColumns): Promise<Table> {
  const arrow = await loadArrow();
  const vectors: Record<string, Vector> = {};
  for (const [key, column] of history.columns) vectors[key] = toVector(arrow, column);
  const table = new arrow.Table(vectors);
  const { sampled, totalRows } = history;
  table.schema.metadata.set(EXTENT, JSON.stringify({ sampled, totalRows }));
  return table;
}

async function loadArrow(): Promise<Arrow> {
  try {
    return await import("apache-arrow");
  } catch (cause) {
    throw new UnsupportedError(
      'Arrow tables need the package "apache-arrow": install it beside this client',
      {
        cause,
      },
    );
  }
}

function toVector(arrow: Arrow, column: HistoryColumn): Vector {
  if (column.kind === "number") {
    const { values, present } = column;
    const data = arrow.makeData({
      type: new arrow.Float64(),
      length: values.length,
      data: values,
      nullBitmap: present.bytes,
      nullCount: values.length - present.count,
    });
    return arrow.makeVector(data);
  }
  const values = column.values;
  const isEvery = (test: (value: JsonValue) => boolean): boolean =>
    values.every((value) => value === undefined || test(value));
  if (isEvery((value) => typeof value === "string")) {
    return arrow.vectorFromArray(values.map(orNull), new arrow.Utf8());
  }
  if (isEvery((value) => typeof value === "boolean")) {
    return arrow.vectorFromArray(values.map(orNull), new arrow.Bool());
  }
  if (isEvery((value) => toInteger(value) !== undefined)) {
    return arrow.vectorFromArray(
      values.map((value) => toInteger(value) ?? null),
      new arrow.Int64(),
    );
  }
  return arrow.vectorFromArray(
    values.map((value) => (value === undefined ? null : printJson(value))),
    new arrow.Utf8(),
  );
}

function orNull<T>(value: T | undefined): T | null {
  return value === undefined ? null : value;
}

/** The integer that 64 bits hold, or undefined. */
function toInteger(value: JsonValue | undefined): bigint | undefined {
  const integer = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof integer === "bigint" && BigInt.asIntN(64, integer) === integer ? integer : undefined;
}
