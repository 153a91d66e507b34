/** Reads many growing event files at once, in the order of the events' times. */
import type { TensorboardEvent } from "./event-file/event.ts";
import { EventReader } from "./event-file/event-reader.ts";
import type { EventFileDamage } from "./event-file/record-reader.ts";
import type { EventFile } from "./event-source.ts";

/** An event and where it came from. */
export interface PlacedEvent {
  readonly event: TensorboardEvent;
  readonly file: EventFile;
}

/** All files together have no more bytes than this in memory, beside records that are larger. */
const MEMORY_BYTES = 64 * 2 ** 20;
const MIN_PART_BYTES = 16 * 2 ** 10;
const MAX_PART_BYTES = 2 ** 20;

/** One file, read as far as it goes. */
class FileCursor {
  readonly file: EventFile;
  readonly #reader: EventReader;
  #offset = 0;
  /** The next event, read ahead; undefined when the file has no more for now. */
  head: TensorboardEvent | undefined;

  constructor(file: EventFile, onDamage: (file: EventFile, damage: EventFileDamage) => void) {
    this.file = file;
    this.#reader = new EventReader((damage) => {
      onDamage(file, damage);
    });
  }

  /** Time of the next event; a time that is no number comes first, so that it cannot hold up the others. */
  get time(): number {
    const { wallTime } = this.head ?? { wallTime: Infinity };
    return Number.isNaN(wallTime) ? -Infinity : wallTime;
  }

  /** How much of the file was read. */
  get readBytes(): number {
    return this.#offset;
  }

  /**
   * Reads the next event that has values, up to the end that the file had when it was looked at. The others have times
   * of their own: a file's first event says when the file was made, whenever its values are of.
   */
  async advance(end: number, partBytes: number): Promise<void> {
    this.head = this.#nextWithValues();
    while (this.head === undefined && !this.#reader.isLost && this.#offset < end) {
      const part = await this.file.read(this.#offset, Math.min(end, this.#offset + partBytes));
      if (part.length === 0) return;
      this.#offset += part.length;
      this.#reader.push(part);
      this.head = this.#nextWithValues();
    }
  }

  #nextWithValues(): TensorboardEvent | undefined {
    let event = this.#reader.next();
    while (event?.values === null) event = this.#reader.next();
    return event;
  }

  /** The file will not grow any more. */
  finish(): void {
    this.#reader.end();
  }
}

/** The files that are being read. */
export class EventMerge {
  readonly #cursors = new Map<string, FileCursor>();
  readonly #onDamage: (file: EventFile, damage: EventFileDamage) => void;

  constructor(onDamage: (file: EventFile, damage: EventFileDamage) => void) {
    this.#onDamage = onDamage;
  }

  /** How many bytes of all files were read. */
  get readBytes(): number {
    return [...this.#cursors.values()].reduce((sum, cursor) => sum + cursor.readBytes, 0);
  }

  /** The events that the files have now and that were not read yet, the earliest first; new files may be among them. */
  async *read(files: readonly EventFile[]): AsyncGenerator<PlacedEvent, void, undefined> {
    const partBytes = Math.max(
      MIN_PART_BYTES,
      Math.min(MAX_PART_BYTES, Math.floor(MEMORY_BYTES / files.length)),
    );
    const ends = new Map<FileCursor, number>();
    const heap = new CursorHeap();
    for (const file of files) {
      const cursor = this.#cursors.get(file.path) ?? new FileCursor(file, this.#onDamage);
      this.#cursors.set(file.path, cursor);
      const end = await file.sizeBytes();
      ends.set(cursor, end);
      await cursor.advance(end, partBytes);
      if (cursor.head !== undefined) heap.push(cursor);
    }
    for (let cursor = heap.first; cursor?.head !== undefined; cursor = heap.first) {
      const event = cursor.head;
      await cursor.advance(ends.get(cursor) ?? 0, partBytes);
      heap.settleFirst();
      yield { event, file: cursor.file };
    }
  }

  /** Reports the files that end within a record: they will not grow any more. */
  finish(): void {
    for (const cursor of this.#cursors.values()) cursor.finish();
  }
}

/** A binary heap of cursors by the time of their next events; among equals the earlier file comes first. */
class CursorHeap {
  readonly #cursors: FileCursor[] = [];

  get first(): FileCursor | undefined {
    return this.#cursors[0];
  }

  push(cursor: FileCursor): void {
    this.#cursors.push(cursor);
    for (let index = this.#cursors.length - 1; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfLess(index, parent)) return;
      index = parent;
    }
  }

  /** The first one has gone on, or has no more. */
  settleFirst(): void {
    const last = this.#cursors.at(-1);
    if (this.first?.head === undefined && last !== undefined) {
      this.#cursors[0] = last;
      this.#cursors.pop();
    }
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const least = this.#isLess(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfLess(least, index)) return;
      index = least;
    }
  }

  #swapIfLess(index: number, other: number): boolean {
    if (!this.#isLess(index, other)) return false;
    const [one, two] = [this.#cursors[index], this.#cursors[other]];
    if (one === undefined || two === undefined) return false;
    this.#cursors[index] = two;
    this.#cursors[other] = one;
    return true;
  }

  #isLess(index: number, other: number): boolean {
    const [one, two] = [this.#cursors[index], this.#cursors[other]];
    if (one === undefined || two === undefined) return false;
    return one.time < two.time || (one.time === two.time && one.file.path < two.file.path);
  }
}
