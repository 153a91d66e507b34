/**
 * Rows that hold certain keys: one pass finds them for all specs at once, a second one reads those that the samples
 * keep. Sealed lines are searched by columns; of others those that cannot hold a key are not even parsed.
 */
import { printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { FoundRows } from "./found-rows.ts";
import { STEP_KEY } from "./history-line.ts";
import type { RunKey } from "./history-log.ts";
import type { HistorySpec, RowSelection } from "./history-reader.ts";
import { openRows } from "./history-rows.ts";
import type { HistoryRows, RowSources } from "./history-rows.ts";
import { findValue, holdsKey } from "./key-path.ts";
import { nextTurn } from "./next-turn.ts";
import { cutRows, ROWS_A_TURN } from "./row-stretches.ts";
import type { RowStretch } from "./row-stretches.ts";
import { mergeRow, rowLines } from "./row-text.ts";
import { samplePositions } from "./sample.ts";
import { loadColumns, valueAt } from "./sealed-columns.ts";
import type { StepRows } from "./step-rows.ts";

/** The selection of each spec, in their order. */
export async function selectRows(
  sources: RowSources,
  run: RunKey,
  specs: readonly HistorySpec[],
): Promise<readonly RowSelection[]> {
  if (specs.length === 0) return [];
  const history = await openRows(sources, { ...run, ...unionOf(specs) });
  const selection = new Selection(sources, history);
  if (history.lines === undefined) return selection.select(specs);
  return history.lines.settle(() => selection.select(specs));
}

/** A spec, its part of the rows, and the rows found so far. */
interface Search {
  readonly spec: HistorySpec;
  readonly keys: readonly string[];
  /** The keys of which a row must hold all or any. */
  readonly deciding: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly found: FoundRows;
}

/** Selects rows of an open window. */
class Selection {
  readonly #sources: RowSources;
  readonly #history: HistoryRows;

  constructor(sources: RowSources, history: HistoryRows) {
    this.#sources = sources;
    this.#history = history;
  }

  async select(specs: readonly HistorySpec[]): Promise<readonly RowSelection[]> {
    const searches = specs.map((spec) => newSearch(spec, this.#history.rows));
    const from = Math.max(this.#history.from, Math.min(...searches.map((search) => search.from)));
    const to = Math.min(this.#history.to, Math.max(...searches.map((search) => search.to)));
    const places = (await this.#history.lines?.stretches()) ?? [];
    for (const stretch of cutRows(this.#history, places, { from, to })) {
      const active = searches.filter((search) => search.from < stretch.end && search.to > stretch.start);
      await this.#search(stretch, active);
      await nextTurn();
    }
    const selections: RowSelection[] = [];
    for (const search of searches) selections.push(await this.#read(search));
    return selections;
  }

  async #search(stretch: RowStretch, searches: readonly Search[]): Promise<void> {
    const others: Search[] = [];
    for (const search of searches) {
      const isDone = search.deciding.length === 0 || (await this.#searchColumns(stretch, search));
      if (search.deciding.length === 0) addWithin(search, stretch.start, stretch.end);
      if (!isDone) others.push(search);
    }
    if (others.length === 0) return;
    for (let start = stretch.start; start < stretch.end; start += ROWS_A_TURN) {
      await this.#searchTexts(others, { start, end: Math.min(start + ROWS_A_TURN, stretch.end) });
      if (start + ROWS_A_TURN < stretch.end) await nextTurn();
    }
  }

  /** Searches sealed lines by columns; returns whether columns tell which rows are meant. */
  async #searchColumns({ start, end, sealed }: RowStretch, search: Search): Promise<boolean> {
    if (sealed === undefined) return false;
    const columns = await loadColumns(this.#sources.parts, sealed.part, search.deciding);
    if (columns === undefined) return false;
    const isHeld = combine(
      columns.map((column) => column.isPresent),
      search.spec.mode,
    );
    const shift = start - sealed.firstLine;
    const stop = sealed.firstLine + end - start;
    for (let line = isHeld.indexOf(1, sealed.firstLine); line !== -1 && line < stop;) {
      const gap = isHeld.indexOf(0, line);
      const next = gap === -1 || gap > stop ? stop : gap;
      addWithin(search, line + shift, next + shift);
      line = isHeld.indexOf(1, next);
    }
    return true;
  }

  async #searchTexts(
    searches: readonly Search[],
    { start, end }: { readonly start: number; readonly end: number },
  ): Promise<void> {
    const { rows } = this.#history;
    const texts = await this.#history.texts(linesBetween(rows, start, end));
    for (let position = start; position < end; position += 1) {
      const row = new LazyRow(rows, position, texts);
      for (const search of searches) {
        if (position >= search.from && position < search.to && row.matches(search)) {
          search.found.add(position, position + 1);
        }
      }
    }
  }

  async #read(search: Search): Promise<RowSelection> {
    const { found, spec } = search;
    const chosen = samplePositions(found.count, spec.samples).map((index) => found.at(index));
    const rows: string[] = [];
    for (let start = 0; start < chosen.length; start += ROWS_A_TURN) {
      rows.push(...(await this.#readBlock(search, chosen.slice(start, start + ROWS_A_TURN))));
      if (start + ROWS_A_TURN < chosen.length) await nextTurn();
    }
    return { rows, isSampled: chosen.length < found.count, totalRows: found.count };
  }

  /** The rows at ascending positions. */
  async #readBlock(search: Search, positions: readonly number[]): Promise<readonly string[]> {
    const { rows } = this.#history;
    const texts = await this.#readSealed(search, positions);
    const others = positions.flatMap((position, index) =>
      texts[index] === undefined ? [rows.at(position)] : [],
    );
    const lines =
      others.length === 0 ? new Map() : await this.#history.texts(others.flatMap((row) => row.lines));
    return positions.flatMap((position, index) => {
      const text = texts[index];
      if (text !== undefined) return [text];
      const row = rows.at(position);
      const values = mergeRow(row.step, rowLines(row, lines));
      if (values === undefined) return [];
      return [printJson(search.keys.length === 0 ? values : pick(values, search.keys))];
    });
  }

  /** The rows that columns tell everything of; undefined for the others. */
  async #readSealed(search: Search, positions: readonly number[]): Promise<readonly (string | undefined)[]> {
    const first = positions.at(0);
    const last = positions.at(-1);
    if (
      search.keys.length === 0 ||
      this.#history.lines === undefined ||
      first === undefined ||
      last === undefined
    ) {
      return [];
    }
    const texts: (string | undefined)[] = [];
    const places = await this.#history.lines.stretches();
    const { rows } = this.#history;
    const keys = search.keys.filter((key) => key !== STEP_KEY);
    let at = 0;
    for (const { end, start, sealed } of cutRows(this.#history, places, { from: first, to: last + 1 })) {
      const begin = at;
      while (at < positions.length && (positions[at] ?? end) < end) at += 1;
      if (begin === at || sealed === undefined) continue;
      const columns = await loadColumns(this.#sources.parts, sealed.part, keys);
      if (columns === undefined) continue;
      const byKey = new Map(keys.map((key, index) => [key, columns[index]]));
      for (let index = begin; index < at; index += 1) {
        const position = positions[index] ?? 0;
        const row: Record<string, JsonValue> = {};
        for (const key of search.keys) {
          const column = byKey.get(key);
          const value =
            column === undefined
              ? rows.stepAt(position)
              : valueAt(column, sealed.firstLine + position - start);
          if (value !== undefined) setOwn(row, key, value);
        }
        texts[index] = printJson(row);
      }
    }
    return texts;
  }
}

function newSearch(spec: HistorySpec, rows: StepRows): Search {
  const keys = [...new Set(spec.keys)];
  const others = keys.filter((key) => key !== STEP_KEY);
  return {
    spec,
    keys,
    // Every row has a step: alone it means all rows, and among other keys it cannot be what a row is chosen by.
    deciding: others,
    from: spec.minStep === null ? 0 : rows.positionOf(spec.minStep),
    to: spec.maxStep === null ? rows.count : rows.positionOf(spec.maxStep + 1),
    found: new FoundRows(),
  };
}

function addWithin({ found, from, to }: Search, start: number, end: number): void {
  const first = Math.max(start, from);
  const last = Math.min(end, to);
  if (first < last) found.add(first, last);
}

/** The least window that holds those of all specs. */
function unionOf(specs: readonly HistorySpec[]): { minStep: number | null; maxStep: number | null } {
  let minStep: number | null = Infinity;
  let maxStep: number | null = -Infinity;
  for (const spec of specs) {
    minStep = minStep === null || spec.minStep === null ? null : Math.min(minStep, spec.minStep);
    maxStep = maxStep === null || spec.maxStep === null ? null : Math.max(maxStep, spec.maxStep + 1);
  }
  return { minStep, maxStep };
}

/** By line, whether it holds all or any of the keys. */
function combine(columns: readonly Uint8Array[], mode: HistorySpec["mode"]): Uint8Array {
  const [first, ...others] = columns;
  if (first === undefined) throw new Error("there are no columns to combine");
  if (others.length === 0) return first;
  const isHeld = Uint8Array.from(first);
  for (const other of others) {
    for (let line = 0; line < isHeld.length; line += 1) {
      const here = isHeld[line] ?? 0;
      const there = other[line] ?? 0;
      isHeld[line] = mode === "all" ? here & there : here | there;
    }
  }
  return isHeld;
}

function linesBetween(rows: StepRows, start: number, end: number): readonly number[] {
  const numbers: number[] = [];
  for (let position = start; position < end; position += 1) numbers.push(...rows.at(position).lines);
  return numbers;
}

/** A row that is parsed when a search needs it, once. */
class LazyRow {
  readonly #lines: readonly string[];
  readonly #step: number;
  #values: JsonObject | undefined;

  constructor(rows: StepRows, position: number, texts: ReadonlyMap<number, string>) {
    const row = rows.at(position);
    this.#step = row.step;
    this.#lines = rowLines(row, texts);
  }

  matches({ deciding, spec }: Search): boolean {
    return spec.mode === "all"
      ? deciding.every((key) => this.#holds(key))
      : deciding.some((key) => this.#holds(key));
  }

  #holds(key: string): boolean {
    const answers = this.#lines.map((line) => holdsKey(line, key));
    if (answers.includes(true)) return true;
    if (!answers.includes(undefined)) return false;
    this.#values ??= mergeRow(this.#step, this.#lines) ?? {};
    return findValue(this.#values, key) !== undefined;
  }
}

function pick(values: JsonObject, keys: readonly string[]): JsonObject {
  const picked: Record<string, JsonValue> = {};
  for (const key of keys) {
    const value = findValue(values, key);
    if (value !== undefined) setOwn(picked, key, value);
  }
  return picked;
}
