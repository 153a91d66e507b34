// The values of a column that are not plain numbers. Equal ones share a code while there are few, so that a filter
// looks at each distinct value once; codes of values that no row holds any more are used again.
import { isJsonArray, printJson, type JsonValue } from "@steelyard/protocol";
import { CodeVerdicts } from "./code-verdicts.ts";
import type { TextBlock } from "./text-block.ts";

/** With more distinct values than this, new ones get codes of their own: sharing would cost more than it saves. */
const maxShared = 4096;
/** Lists and objects with longer texts are not shared. */
const maxSharedLength = 200;
/** Tests of which it is remembered what they said; those asked for last. */
const maxTests = 4;

/** Codes of texts that were entered together. */
interface BlockCodes {
  readonly first: number;
  readonly block: TextBlock;
  /** By place in the block: 1 where nothing uses the text any more; undefined until there is one. */
  gone: Uint8Array | undefined;
}

/** Values and the codes that stand for them, counted. */
export class ColumnDictionary {
  /** By code, only of values that came one by one; undefined where it is free. */
  readonly #values: (JsonValue | undefined)[] = [];
  #size = 0;
  /** By ascending codes. */
  readonly #blocks: BlockCodes[] = [];
  #uses: Uint32Array = new Uint32Array(0);
  readonly #free: number[] = [];
  readonly #scalarCodes: Map<JsonValue, number> = new Map();
  /** By JSON text. */
  readonly #structureCodes: Map<string, number> = new Map();
  /** By test. */
  readonly #verdicts: Map<string, CodeVerdicts> = new Map();
  #roughs: Float64Array = new Float64Array(0);
  /** Codes below this have their number in `#roughs`. */
  #roughCount = 0;
  #bytes = 0;

  /** About how much memory the values take. */
  get bytes(): number {
    return this.#bytes + this.#roughs.byteLength + maxTests * this.#size;
  }

  /** How many distinct values there are. */
  get count(): number {
    return this.#size - this.#free.length;
  }

  /** By code, of texts a number that is never greater for one that comes before; NaN of everything else. */
  get roughs(): Float64Array {
    if (this.#roughs.length < this.size)
      this.#roughs = grown(this.#roughs, new Float64Array(roomFor(this.size)));
    for (let code = this.#roughCount; code < this.size; code += 1)
      this.#roughs[code] = roughOfValue(this.valueOf(code));
    this.#roughCount = this.size;
    return this.#roughs;
  }

  /** One more than the highest code. */
  get size(): number {
    return this.#size;
  }

  /** The value of a code; undefined when the code is free. */
  valueOf(code: number): JsonValue | undefined {
    const value = this.#values[code];
    if (value !== undefined || this.#blocks.length === 0) return value;
    const found = this.#blockOf(code);
    return found === undefined || found.gone?.[code - found.first] === 1
      ? undefined
      : found.block.at(code - found.first);
  }

  /** What a test said so far, empty for one that was not asked lately. */
  verdicts(test: string): CodeVerdicts {
    const verdicts = this.#verdicts.get(test) ?? new CodeVerdicts(this.size);
    verdicts.reserve(this.size);
    this.#verdicts.delete(test);
    this.#verdicts.set(test, verdicts);
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > maxTests && oldest !== undefined) this.#verdicts.delete(oldest);
    return verdicts;
  }

  /**
   * Judges all texts that came in blocks, given that a test says the same of each without `part`: those with it are
   * asked about one by one. Nothing may have been judged yet.
   */
  judgeBlocks(
    verdicts: CodeVerdicts,
    part: string,
    test: { readonly otherwise: boolean; readonly matches: (text: string) => boolean },
  ): void {
    for (const { first, block, gone } of this.#blocks) {
      verdicts.fill(first, first + block.size, test.otherwise);
      for (const index of block.containing(part)) verdicts.set(first + index, test.matches(block.at(index)));
      // Free codes, and those with another value since.
      if (gone !== undefined)
        for (const [index, isGone] of gone.entries()) if (isGone === 1) verdicts.forget(first + index);
    }
  }

  /** The code for one more use of a value. */
  take(value: JsonValue): number {
    const code = this.enter(value);
    this.#uses[code] = (this.#uses[code] ?? 0) + 1;
    return code;
  }

  /** The code for a value whose uses are told later, by `setUses`. */
  enter(value: JsonValue): number {
    if (typeof value !== "object" || value === null)
      return this.#enterShared(this.#scalarCodes, value, value);
    const text = printJson(value);
    if (text.length > maxSharedLength) return this.#add(value);
    return this.#enterShared(this.#structureCodes, text, value);
  }

  /** Codes for all texts of a block, one after another; gives the first. */
  enterBlock(block: TextBlock): number {
    const first = this.#size;
    this.#size += block.size;
    this.#blocks.push({ first, block, gone: undefined });
    this.#bytes += block.bytes;
    this.#makeRoom();
    return first;
  }

  /** Says how often each code is used. */
  setUses(uses: Uint32Array): void {
    this.#uses = uses;
  }

  /** Ends one use of a code. */
  release(code: number): void {
    const uses = (this.#uses[code] ?? 0) - 1;
    this.#uses[code] = uses;
    const value = this.valueOf(code);
    if (uses > 0 || value === undefined) return;
    if (this.#values[code] === undefined) {
      this.#dropFromBlock(code);
    } else {
      this.#bytes -= weightOf(value);
      this.#values[code] = undefined;
    }
    this.#free.push(code);
    for (const verdicts of this.#verdicts.values()) verdicts.forget(code);
    if (typeof value !== "object" || value === null) forget(this.#scalarCodes, value, code);
    else if (this.#structureCodes.size > 0) forget(this.#structureCodes, printJson(value), code);
  }

  #enterShared<Key>(codes: Map<Key, number>, key: Key, value: JsonValue): number {
    const known = codes.get(key);
    if (known !== undefined) return known;
    const code = this.#add(value);
    if (codes.size < maxShared) codes.set(key, code);
    return code;
  }

  #add(value: JsonValue): number {
    const code = this.#free.pop() ?? this.#size++;
    this.#values[code] = value;
    this.#bytes += weightOf(value);
    if (code < this.#roughCount) this.#roughs[code] = roughOfValue(value);
    this.#makeRoom();
    return code;
  }

  #makeRoom(): void {
    if (this.#uses.length < this.size) this.#uses = grown(this.#uses, new Uint32Array(roomFor(this.size)));
  }

  #blockOf(code: number): BlockCodes | undefined {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle]?.first ?? 0) <= code) low = middle + 1;
      else high = middle;
    }
    const found = this.#blocks[low - 1];
    return found !== undefined && code < found.first + found.block.size ? found : undefined;
  }

  #dropFromBlock(code: number): void {
    const found = this.#blockOf(code);
    if (found === undefined) return;
    found.gone ??= new Uint8Array(found.block.size);
    found.gone[code - found.first] = 1;
  }
}

function roomFor(size: number): number {
  return Math.max(Math.ceil(size * 1.5), 16);
}

/** Numbers in a longer list. */
function grown<List extends Float64Array | Uint32Array>(list: List, longer: List): List {
  longer.set(list);
  return longer;
}

/** A value of which only some uses are shared keeps the shared code when another of its codes goes. */
function forget<Key>(codes: Map<Key, number>, key: Key, code: number): void {
  if (codes.get(key) === code) codes.delete(key);
}

function roughOfValue(value: JsonValue | undefined): number {
  return typeof value === "string" ? roughOfText(value) : NaN;
}

/** The first three UTF-16 units of a text as one number. */
export function roughOfText(text: string): number {
  let rough = 0;
  for (let index = 0; index < 3; index += 1) {
    rough = rough * 0x1_0000 + (index < text.length ? text.charCodeAt(index) : 0);
  }
  return rough;
}

/** About how much memory a value takes with what is kept beside it. */
function weightOf(value: JsonValue): number {
  if (typeof value === "string") return 60 + 2 * value.length;
  if (typeof value !== "object" || value === null) return 100;
  let weight = 200;
  if (isJsonArray(value)) for (const item of value) weight += weightOf(item);
  else for (const [key, member] of Object.entries(value)) weight += 2 * key.length + weightOf(member);
  return weight;
}
