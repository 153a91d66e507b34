// Groups of rows with figures over metrics, from columns. Each distinct value of a field is looked at once; a row's
// group is then found by small numbers.
import {
  RunGroups,
  toGroupText,
  toMetricNumber,
  type OpenGroup,
  type RunAggregateRequest,
  type RunGroup,
} from "@steelyard/protocol";
import type { ColumnTable } from "./column-question.ts";
import { nextTurn } from "../../modules/history/next-turn.ts";
import { CODED, NUMBER, type RunColumn } from "./run-column.ts";
import { createValueOrder } from "./value-order.ts";

/** Rows that are grouped before others get their turn. */
const rowsAtOnce = 32_768;

/**
 * The groups of some rows of a table, which must not change meanwhile; it must also have the column `createdAt`, by
 * which equally good runs are told apart. Throws `FilterError` when there are too many groups.
 */
export async function groupRows(
  rows: Uint32Array,
  columnOf: ColumnTable["columnOf"],
  request: RunAggregateRequest,
): Promise<readonly RunGroup<number>[]> {
  const groups = new RunGroups<number>(request, createAgeTest(columnOf("createdAt")));
  const keys = request.groupBy.map((field) => new KeyNumbers(columnOf(field)));
  const metrics = request.metrics.map((metric) => columnOf(metric.field));
  const groupOf = createGroupFinder(groups, keys);
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    if (start > 0) await nextTurn();
    for (const row of rows.subarray(start, start + rowsAtOnce)) {
      const group = groupOf(row);
      group.count += 1;
      for (let metric = 0; metric < metrics.length; metric += 1) {
        const number = numberOf(metrics[metric], row);
        if (number !== undefined) group.add(metric, number, row);
      }
    }
  }
  return groups.close();
}

function numberOf(column: RunColumn | undefined, row: number): number | undefined {
  if (column === undefined) return undefined;
  if (column.tags[row] === NUMBER && column.kind !== "date") return toMetricNumber(column.numbers[row]);
  return toMetricNumber(column.get(row));
}

/** The values of one field as small numbers, the same for those that group together. */
class KeyNumbers {
  readonly texts: string[] = [];
  readonly #column: RunColumn;
  readonly #byText: Map<string, number> = new Map();
  readonly #byNumber: Map<number, number> = new Map();
  readonly #byCode: number[] = [];
  #absent: number | undefined;

  constructor(column: RunColumn) {
    this.#column = column;
  }

  of(row: number): number {
    const number = this.#column.numbers[row] ?? 0;
    switch (this.#column.tags[row]) {
      case NUMBER: {
        const known = this.#byNumber.get(number) ?? this.#add(row);
        this.#byNumber.set(number, known);
        return known;
      }
      case CODED:
        return (this.#byCode[number] ??= this.#add(row));
      case undefined:
      default:
        return (this.#absent ??= this.#add(row));
    }
  }

  #add(row: number): number {
    const text = toGroupText(this.#column.get(row), this.#column.kind);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    this.#byText.set(text, this.texts.length);
    this.texts.push(text);
    return this.texts.length - 1;
  }
}

/** Finds the group of a row by way of one map a field. */
function createGroupFinder(
  groups: RunGroups<number>,
  keys: readonly KeyNumbers[],
): (row: number) => OpenGroup<number> {
  const open = (numbers: readonly number[]): OpenGroup<number> =>
    groups.open(keys.map((key, index) => key.texts[numbers[index] ?? 0] ?? "null"));
  const [first, second] = keys;
  if (first === undefined) {
    const all = open([]);
    return () => all;
  }
  if (second === undefined) {
    const known: OpenGroup<number>[] = [];
    return (row) => {
      const number = first.of(row);
      return (known[number] ??= open([number]));
    };
  }
  const known = new Map<string, OpenGroup<number>>();
  return (row) => {
    const numbers = keys.map((key) => key.of(row));
    const name = numbers.join();
    let group = known.get(name);
    if (group === undefined) {
      group = open(numbers);
      known.set(name, group);
    }
    return group;
  };
}

/** Tells which of two rows is the older run. */
function createAgeTest(created: RunColumn): (a: number, b: number) => boolean {
  const order = createValueOrder(created.kind, false);
  return (a, b) => {
    const difference = order.compare(order.toOrderValue(created.get(a)), order.toOrderValue(created.get(b)));
    return difference === 0 ? a < b : difference < 0;
  };
}
