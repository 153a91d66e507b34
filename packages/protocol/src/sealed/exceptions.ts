/**
 * Values that are not what their column's storage says: integers among floats, nulls, and everything that the column
 * cannot hold, as JSON text. They lie beside the table, by column and row group.
 */
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { SealedPartError } from "./sealed-part-error.ts";

/** An integer in a column of doubles; its value is in the table. */
export const INTEGER_EXCEPTION = 1;
/** A null that was logged. */
export const NULL_EXCEPTION = 2;
/** Any other value; its JSON text is kept. */
export const TEXT_EXCEPTION = 3;

/** The exceptions of a column in a row group. */
export interface Exceptions {
  /** By line: 0 for none, or the kind. */
  readonly kinds: Uint8Array;
  /** By line: the JSON texts of the kind that has one. */
  readonly texts: ReadonlyMap<number, string>;
}

/** Collects exceptions, whose lines must come in ascending order. */
export class ExceptionsWriter {
  readonly #lines = new ByteWriter();
  readonly #kinds = new ByteWriter();
  readonly #texts = new ByteWriter();
  #count = 0;
  #lastLine = 0;

  /** Adds one; `text` must be well formed and is needed for {@link TEXT_EXCEPTION}. */
  add(line: number, kind: number, text?: string): void {
    this.#lines.count(line - this.#lastLine);
    this.#kinds.byte(kind);
    if (text !== undefined) this.#texts.text(text);
    this.#lastLine = line;
    this.#count += 1;
  }

  /** The section, or undefined when there are none. */
  finish(): Uint8Array | undefined {
    if (this.#count === 0) return undefined;
    const section = new ByteWriter();
    section.count(this.#count);
    for (const part of [this.#lines, this.#kinds, this.#texts]) section.bytes(part.finish());
    return section.finish();
  }
}

/** Reads a section of a row group of `lineCount` lines. */
export function readExceptions(section: Uint8Array, lineCount: number): Exceptions {
  const reader = new ByteReader(section);
  const lines = new Uint32Array(reader.count());
  let line = 0;
  for (let index = 0; index < lines.length; index += 1) {
    line += reader.count();
    if (line >= lineCount) throw new SealedPartError("an exception lies beyond its row group");
    lines[index] = line;
  }
  const kinds = new Uint8Array(lineCount);
  const listed = reader.bytes(lines.length);
  const texts = new Map<number, string>();
  for (const [index, at] of lines.entries()) {
    kinds[at] = listed[index] ?? 0;
    if (kinds[at] === TEXT_EXCEPTION) texts.set(at, reader.text());
  }
  return { kinds, texts };
}
