// The values of a column that are not plain numbers. Equal ones share a code while there are few, so that a filter
// looks at each distinct value once; codes of values that no row holds any more are used again.
import { isJsonArray, printJson, type JsonValue } from "@steelyard/protocol";
import { CodeVerdicts } from "./code-verdicts.ts";

/** With more distinct values than this, new ones get codes of their own: sharing would cost more than it saves. */
const maxShared = 4096;
/** Lists and objects with longer texts are not shared. */
const maxSharedLength = 200;
/** Tests of which it is remembered what they said; those asked for last. */
const maxTests = 4;

/** Values and the codes that stand for them, counted. */
export class ColumnDictionary {
  readonly #values: (JsonValue | undefined)[] = [];
  readonly #counts: number[] = [];
  readonly #free: number[] = [];
  readonly #scalarCodes: Map<JsonValue, number> = new Map();
  /** By JSON text. */
  readonly #structureCodes: Map<string, number> = new Map();
  /** By test. */
  readonly #verdicts: Map<string, CodeVerdicts> = new Map();
  #roughs: Float64Array = new Float64Array(0);
  #bytes = 0;

  /** About how much memory the values take. */
  get bytes(): number {
    return this.#bytes + this.#roughs.byteLength + maxTests * this.#values.length;
  }

  /** How many distinct values there are. */
  get count(): number {
    return this.#values.length - this.#free.length;
  }

  /** By code, of texts a number that is never greater for one that comes before; NaN of everything else. */
  get roughs(): Float64Array {
    return this.#roughs;
  }

  /** One more than the highest code. */
  get size(): number {
    return this.#values.length;
  }

  /** The value of a code; undefined when the code is free. */
  valueOf(code: number): JsonValue | undefined {
    return this.#values[code];
  }

  /** What a test said so far, empty for one that was not asked lately. */
  verdicts(test: string): CodeVerdicts {
    const verdicts = this.#verdicts.get(test) ?? new CodeVerdicts(this.#roughs.length);
    this.#verdicts.delete(test);
    this.#verdicts.set(test, verdicts);
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > maxTests && oldest !== undefined) this.#verdicts.delete(oldest);
    return verdicts;
  }

  /** The code for one more use of a value, or for several. */
  take(value: JsonValue, uses = 1): number {
    if (typeof value !== "object" || value === null)
      return this.#takeShared(this.#scalarCodes, value, value, uses);
    const text = printJson(value);
    if (text.length > maxSharedLength) return this.#add(value, uses);
    return this.#takeShared(this.#structureCodes, text, value, uses);
  }

  /** Ends one use of a code. */
  release(code: number): void {
    const count = (this.#counts[code] ?? 0) - 1;
    this.#counts[code] = count;
    const value = this.#values[code];
    if (count > 0 || value === undefined) return;
    this.#bytes -= weightOf(value);
    this.#values[code] = undefined;
    this.#free.push(code);
    for (const verdicts of this.#verdicts.values()) verdicts.forget(code);
    if (typeof value !== "object" || value === null) forget(this.#scalarCodes, value, code);
    else if (this.#structureCodes.size > 0) forget(this.#structureCodes, printJson(value), code);
  }

  #takeShared<Key>(codes: Map<Key, number>, key: Key, value: JsonValue, uses: number): number {
    const known = codes.get(key);
    if (known !== undefined) {
      this.#counts[known] = (this.#counts[known] ?? 0) + uses;
      return known;
    }
    const code = this.#add(value, uses);
    if (codes.size < maxShared) codes.set(key, code);
    return code;
  }

  #add(value: JsonValue, uses: number): number {
    const code = this.#free.pop() ?? this.#values.length;
    this.#values[code] = value;
    this.#counts[code] = uses;
    this.#bytes += weightOf(value);
    if (code >= this.#roughs.length) this.#grow(code + 1);
    this.#roughs[code] = typeof value === "string" ? roughOfText(value) : NaN;
    return code;
  }

  #grow(size: number): void {
    const roughs = new Float64Array(Math.max(size, Math.ceil(this.#roughs.length * 1.5), 16));
    roughs.set(this.#roughs);
    this.#roughs = roughs;
    for (const verdicts of this.#verdicts.values()) verdicts.reserve(roughs.length);
  }
}

/** A value of which only some uses are shared keeps the shared code when another of its codes goes. */
function forget<Key>(codes: Map<Key, number>, key: Key, code: number): void {
  if (codes.get(key) === code) codes.delete(key);
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
