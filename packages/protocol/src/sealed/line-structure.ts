/**
 * What the lines of a row group are: rows with their keys in the usual order or in another, lines that never arrived,
 * and texts that are no JSON objects.
 */
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { SealedPartError } from "./sealed-part-error.ts";

const USUAL = 0;
const ABSENT = 1;
const TEXT = 2;
/** The code of the first order that is not the usual one. */
const FIRST_ORDER = 3;

/** What one line is; `columns` of a row whose order is not the usual one. */
export type LineForm =
  | { readonly kind: "row"; readonly columns: readonly number[] | undefined }
  | { readonly kind: "absent" }
  | { readonly kind: "text"; readonly text: string };

/** Collects the forms of a row group's lines, one after another. */
export class LineStructureWriter {
  readonly #codes: number[] = [];
  readonly #orderCodes = new Map<string, number>();
  readonly #orders = new ByteWriter();
  readonly #texts = new ByteWriter();

  /** Adds a row with its keys in the usual order. */
  addRow(): void {
    this.#codes.push(USUAL);
  }

  /** Adds a row with these columns in this order. */
  addOrderedRow(columns: readonly number[]): void {
    const key = columns.join();
    let code = this.#orderCodes.get(key);
    if (code === undefined) {
      code = FIRST_ORDER + this.#orderCodes.size;
      this.#orderCodes.set(key, code);
      this.#orders.count(columns.length);
      for (const column of columns) this.#orders.count(column);
    }
    this.#codes.push(code);
  }

  /** Adds a line that never arrived. */
  addAbsent(): void {
    this.#codes.push(ABSENT);
  }

  /** Adds a line that is no JSON object. */
  addText(text: string): void {
    this.#codes.push(TEXT);
    this.#texts.text(JSON.stringify(text));
  }

  /** The section, or undefined when every line is a row in the usual order. */
  finish(): Uint8Array | undefined {
    if (this.#codes.every((code) => code === USUAL)) return undefined;
    const section = new ByteWriter();
    section.count(this.#orderCodes.size);
    section.bytes(this.#orders.finish());
    let start = 0;
    while (start < this.#codes.length) {
      const code = this.#codes[start] ?? USUAL;
      let end = start + 1;
      while (this.#codes[end] === code) end += 1;
      section.count(code);
      section.count(end - start);
      start = end;
    }
    section.bytes(this.#texts.finish());
    return section.finish();
  }
}

/** The forms of a row group's lines. */
export function readLineStructure(section: Uint8Array | undefined, lineCount: number): readonly LineForm[] {
  const usual: LineForm = { kind: "row", columns: undefined };
  const forms = Array.from({ length: lineCount }, (): LineForm => usual);
  if (section === undefined) return forms;
  const reader = new ByteReader(section);
  const orders: LineForm[] = [];
  for (let rest = reader.count(); rest > 0; rest -= 1) {
    const columns = Array.from({ length: reader.count() }, () => reader.count());
    orders.push({ kind: "row", columns });
  }
  const texts: number[] = [];
  let line = 0;
  while (line < lineCount) {
    const code = reader.count();
    const end = line + reader.count();
    if (end > lineCount || end === line)
      throw new SealedPartError("forms of lines do not fit their row group");
    for (; line < end; line += 1) {
      if (code === ABSENT) forms[line] = { kind: "absent" };
      else if (code === TEXT) texts.push(line);
      else if (code >= FIRST_ORDER) forms[line] = orderOf(orders, code);
    }
  }
  for (const at of texts) forms[at] = { kind: "text", text: String(JSON.parse(reader.text())) };
  return forms;
}

function orderOf(orders: readonly LineForm[], code: number): LineForm {
  const order = orders[code - FIRST_ORDER];
  if (order === undefined) throw new SealedPartError("a line has its keys in an unknown order");
  return order;
}
