/** The artifact types that a registry allows: they can be added, and taken back only until the registry is saved. */
import { ValueError } from "../../core/errors.ts";

/** A list whose saved part never changes. Mirrors `AddOnlyArtifactTypesList`. */
export class AddOnlyArtifactTypesList implements Iterable<string> {
  #saved: readonly string[];
  readonly #added: string[] = [];

  constructor(saved: Iterable<string> = []) {
    this.#saved = [...saved];
  }

  /** The types that are not saved yet. */
  get draft(): readonly string[] {
    return [...this.#added];
  }

  /** How many types there are. Mirrors `len()`. */
  get length(): number {
    return this.#saved.length + this.#added.length;
  }

  /** Adds a type at the end; one that is there already is passed over. */
  append(type: string): void {
    if (!this.includes(type)) this.#added.push(type);
  }

  /**
   * Adds a type at a place; one that is there already is passed over.
   *
   * @throws {ValueError} when the place is before a saved type.
   */
  insert(index: number, type: string): void {
    if (this.includes(type)) return;
    const place =
      (index < 0 ? Math.max(0, index + this.length) : Math.min(index, this.length)) - this.#saved.length;
    if (place < 0) throw new ValueError(`Types can only be added after the ${this.#saved.length} saved ones`);
    this.#added.splice(place, 0, type);
  }

  /** Takes a type back. @throws {ValueError} when it is saved, or not there. */
  remove(type: string): void {
    if (this.#saved.includes(type))
      throw new ValueError(`The artifact type ${JSON.stringify(type)} is saved and cannot be removed`);
    const index = this.#added.indexOf(type);
    if (index === -1) throw new ValueError(`The artifact type ${JSON.stringify(type)} is not in the list`);
    this.#added.splice(index, 1);
  }

  /** The type at a place, or undefined; a negative place counts from the end. */
  at(index: number): string | undefined {
    return [...this].at(index);
  }

  /** Puts another type at a place. Mirrors `list[index] = type`. @throws {ValueError} when the place is saved or not there. */
  set(index: number, type: string): void {
    if (this.includes(type)) return;
    this.#added[this.#addedIndex(index)] = type;
  }

  /** Takes the type at a place back. Mirrors `del list[index]`. @throws {ValueError} when the place is saved or not there. */
  delete(index: number): void {
    this.#added.splice(this.#addedIndex(index), 1);
  }

  /** Where a type is, or -1. Mirrors `index`. */
  indexOf(type: string): number {
    return [...this].indexOf(type);
  }

  /** Whether a type is there. Mirrors `in`. */
  includes(type: string): boolean {
    return this.#saved.includes(type) || this.#added.includes(type);
  }

  /** Whether the same types are there in the same order. Mirrors `==`. */
  equals(other: Iterable<string>): boolean {
    const mine = [...this];
    const theirs = [...other];
    return mine.length === theirs.length && mine.every((type, index) => type === theirs[index]);
  }

  /** Makes the added types saved ones. Saving the registry does it. */
  freeze(): void {
    this.#saved = [...this];
    this.#added.length = 0;
  }

  /** The saved types, then the added ones. */
  *[Symbol.iterator](): IterableIterator<string> {
    yield* this.#saved;
    yield* this.#added;
  }

  #addedIndex(index: number): number {
    const place = (index < 0 ? index + this.length : index) - this.#saved.length;
    if (place >= this.#added.length || place < -this.#saved.length)
      throw new ValueError(`There is no type at ${index}`);
    if (place < 0) throw new ValueError(`The type at ${index} is saved and cannot be changed`);
    return place;
  }
}
