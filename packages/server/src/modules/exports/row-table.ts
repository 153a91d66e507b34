/** Turns rows of history into columns, a row group at a time: the work between JSON texts and a table's encoder. */
import { isJsonObject, parseJsonObject, printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { REST_COLUMN, RUN_ID_COLUMN, RUN_NAME_COLUMN } from "./export-columns.ts";
import type { ExportColumn } from "./export-columns.ts";

/** The values of a column for the rows of one group; absent values are told by `isPresent` or undefined. */
export type ColumnValues =
  | {
      readonly kind: "number";
      readonly values: Float64Array;
      readonly isPresent: Uint8Array;
      readonly presentCount: number;
    }
  | { readonly kind: "text"; readonly values: readonly (string | undefined)[] };

/** Rows as columns, in the order of the columns. */
export interface RowGroup {
  readonly rowCount: number;
  readonly columns: readonly ColumnValues[];
}

/** Whose rows. */
export interface RowOwner {
  readonly id: string;
  readonly name: string;
}

const FIRST_CAPACITY = 1024;
/** About what a value costs in memory beside a text's own length. */
const BYTES_A_VALUE = 9;

/** Collects rows until they are taken as a group. */
export class RowTable {
  readonly #columns: readonly ExportColumn[];
  readonly #builders: readonly ColumnBuilder[];
  readonly #byKey = new Map<string, ColumnBuilder>();
  readonly #runId: ColumnBuilder;
  readonly #runName: ColumnBuilder;
  readonly #rest: ColumnBuilder;
  #rowCount = 0;
  #textBytes = 0;

  constructor(columns: readonly ExportColumn[]) {
    this.#columns = columns;
    this.#builders = columns.map(({ type }) =>
      type === "integer" || type === "number" ? new NumberBuilder() : buildersOf[type](),
    );
    const own = new Map<string, ColumnBuilder>();
    for (const [index, { name }] of columns.entries()) {
      const builder = this.#builders[index];
      if (builder === undefined) continue;
      const isRuns = name === RUN_ID_COLUMN || name === RUN_NAME_COLUMN || name === REST_COLUMN;
      (isRuns ? own : this.#byKey).set(name, builder);
    }
    this.#runId = own.get(RUN_ID_COLUMN) ?? new TextBuilder();
    this.#runName = own.get(RUN_NAME_COLUMN) ?? new TextBuilder();
    this.#rest = own.get(REST_COLUMN) ?? new JsonBuilder();
  }

  /** How many rows wait. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** About how much memory they take. */
  get sizeBytes(): number {
    return this.#rowCount * this.#columns.length * BYTES_A_VALUE + this.#textBytes;
  }

  /** Adds a row, given as JSON text. */
  add(owner: RowOwner, text: string): void {
    const at = this.#rowCount;
    this.#runId.set(at, owner.id);
    this.#runName.set(at, owner.name);
    const rest = this.#place(at, parseJsonObject(text), "", undefined);
    if (rest !== undefined) this.#textBytes += this.#rest.set(at, rest);
    this.#rowCount += 1;
  }

  /** The rows that wait, as columns. The next row begins a new group. */
  take(): RowGroup {
    const group = {
      rowCount: this.#rowCount,
      columns: this.#builders.map((builder) => builder.take(this.#rowCount)),
    };
    this.#rowCount = 0;
    this.#textBytes = 0;
    return group;
  }

  /** Puts the values of an object into their columns and returns those that fit none. Outer ones come before inner ones. */
  #place(
    at: number,
    values: JsonObject,
    prefix: string,
    unplaced: Record<string, JsonValue> | undefined,
  ): Record<string, JsonValue> | undefined {
    let rest = unplaced;
    let inner: [string, JsonObject][] | undefined;
    for (const key of Object.keys(values)) {
      const value = values[key];
      if (value === undefined) continue;
      if (typeof value === "object" && isOpened(value)) {
        (inner ??= []).push([`${prefix}${key}.`, value]);
        continue;
      }
      const name = prefix === "" ? key : prefix + key;
      const builder = this.#byKey.get(name);
      const size = builder?.fits(value) === true ? builder.set(at, value) : undefined;
      if (size === undefined) setOwn((rest ??= {}), name, value);
      else this.#textBytes += size;
    }
    for (const [path, value] of inner ?? []) rest = this.#place(at, value, path, rest);
    return rest;
  }
}

/** As `flatten` of the history module: media and other values with a type are whole, and so are empty objects. */
function isOpened(value: JsonValue): value is JsonObject {
  if (!isJsonObject(value)) return false;
  if (Object.hasOwn(value, "_type") && typeof value["_type"] === "string") return false;
  return Object.keys(value).length > 0;
}

/** A column being filled. */
interface ColumnBuilder {
  /** Whether the column can hold a value as it is. */
  fits(value: JsonValue): boolean;
  /** Sets a row's value, if it has none yet, and returns the memory that it takes besides. */
  set(at: number, value: JsonValue): number;
  take(rowCount: number): ColumnValues;
}

class NumberBuilder implements ColumnBuilder {
  #values = new Float64Array(FIRST_CAPACITY);
  #isPresent = new Uint8Array(FIRST_CAPACITY);
  #count = 0;

  fits(value: JsonValue): boolean {
    return typeof value === "number";
  }

  set(at: number, value: JsonValue): number {
    if (typeof value === "number") this.put(at, value);
    return 0;
  }

  protected put(at: number, value: number): void {
    if (at >= this.#values.length) this.#grow(at);
    if (this.#isPresent[at] === 1) return;
    this.#values[at] = value;
    this.#isPresent[at] = 1;
    this.#count += 1;
  }

  take(rowCount: number): ColumnValues {
    if (rowCount > this.#values.length) this.#grow(rowCount - 1);
    const values = this.#values.subarray(0, rowCount);
    const isPresent = this.#isPresent.subarray(0, rowCount);
    const presentCount = this.#count;
    this.#values = new Float64Array(this.#values.length);
    this.#isPresent = new Uint8Array(this.#isPresent.length);
    this.#count = 0;
    return { kind: "number", values, isPresent, presentCount };
  }

  #grow(at: number): void {
    const capacity = Math.max(this.#values.length * 2, at + 1);
    const values = new Float64Array(capacity);
    values.set(this.#values);
    const isPresent = new Uint8Array(capacity);
    isPresent.set(this.#isPresent);
    this.#values = values;
    this.#isPresent = isPresent;
  }
}

/** Truth values as 1 and 0. */
class BooleanBuilder extends NumberBuilder {
  override fits(value: JsonValue): boolean {
    return typeof value === "boolean";
  }

  override set(at: number, value: JsonValue): number {
    this.put(at, value === true ? 1 : 0);
    return 0;
  }
}

class TextBuilder implements ColumnBuilder {
  #values: (string | undefined)[] = [];

  /** UTF-8 cannot hold half of a surrogate pair. */
  fits(value: JsonValue): boolean {
    return typeof value === "string" && value.isWellFormed();
  }

  set(at: number, value: JsonValue): number {
    return typeof value === "string" ? this.put(at, value) : 0;
  }

  protected put(at: number, text: string): number {
    if (this.#values[at] !== undefined) return 0;
    this.#values[at] = text;
    return text.length;
  }

  take(rowCount: number): ColumnValues {
    const values = this.#values;
    values.length = rowCount;
    this.#values = [];
    return { kind: "text", values };
  }
}

class JsonBuilder extends TextBuilder {
  override fits(): boolean {
    return true;
  }

  override set(at: number, value: JsonValue): number {
    return this.put(at, printJson(value));
  }
}

const buildersOf = {
  boolean: () => new BooleanBuilder(),
  text: () => new TextBuilder(),
  json: () => new JsonBuilder(),
} as const;
