/**
 * Rows that hold certain keys: one pass over the lines finds them for all specs at once, a second one reads those
 * that the samples keep. Lines that cannot hold a key are not even parsed.
 */
import { printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { STEP_KEY } from "./history-line.ts";
import type { RunKey } from "./history-log.ts";
import type { HistorySpec, RowSelection } from "./history-reader.ts";
import { openRows } from "./history-rows.ts";
import type { HistoryRows, RowSources } from "./history-rows.ts";
import { findValue, holdsKey } from "./key-path.ts";
import { nextTurn } from "./next-turn.ts";
import { mergeRow, rowLines } from "./row-text.ts";
import { samplePositions } from "./sample.ts";
import type { StepRows } from "./step-table.ts";

const ROWS_A_TURN = 1_000;

/** The selection of each spec, in their order. */
export async function selectRows(
  sources: RowSources,
  run: RunKey,
  specs: readonly HistorySpec[],
): Promise<readonly RowSelection[]> {
  if (specs.length === 0) return [];
  const history = await openRows(sources, { ...run, ...unionOf(specs) });
  const searches = specs.map((spec) => newSearch(spec, history.rows));
  const from = Math.max(history.from, Math.min(...searches.map((search) => search.from)));
  const to = Math.min(history.to, Math.max(...searches.map((search) => search.to)));
  for (let start = from; start < to; start += ROWS_A_TURN) {
    await searchBlock(history, searches, { start, end: Math.min(start + ROWS_A_TURN, to) });
    await nextTurn();
  }
  return Promise.all(searches.map((search) => readFound(history, search)));
}

/** A spec, its part of the rows, and the positions found so far. */
interface Search {
  readonly spec: HistorySpec;
  readonly keys: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly found: number[];
}

function newSearch(spec: HistorySpec, rows: StepRows): Search {
  return {
    spec,
    keys: [...new Set(spec.keys)],
    from: spec.minStep === null ? 0 : rows.positionOf(spec.minStep),
    to: spec.maxStep === null ? rows.count : rows.positionOf(spec.maxStep + 1),
    found: [],
  };
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

async function searchBlock(
  history: HistoryRows,
  searches: readonly Search[],
  { start, end }: { readonly start: number; readonly end: number },
): Promise<void> {
  const active = searches.filter((search) => search.from < end && search.to > start);
  const needsTexts = active.some((search) => search.keys.some((key) => key !== STEP_KEY));
  const texts = needsTexts ? await history.texts(linesBetween(history.rows, start, end)) : undefined;
  for (let position = start; position < end; position += 1) {
    const row = new LazyRow(history.rows, position, texts);
    for (const search of active) {
      if (position >= search.from && position < search.to && row.matches(search)) search.found.push(position);
    }
  }
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

  constructor(rows: StepRows, position: number, texts: ReadonlyMap<number, string> | undefined) {
    const row = rows.at(position);
    this.#step = row.step;
    this.#lines = texts === undefined ? [] : rowLines(row, texts);
  }

  matches({ keys, spec }: Search): boolean {
    if (spec.mode === "all" || keys.length <= 1) return keys.every((key) => this.#holds(key));
    // Every row has a step, so among other keys it cannot be what a row is chosen by.
    return keys.some((key) => key !== STEP_KEY && this.#holds(key));
  }

  #holds(key: string): boolean {
    if (key === STEP_KEY) return true;
    const answers = this.#lines.map((line) => holdsKey(line, key));
    if (answers.includes(true)) return true;
    if (!answers.includes(undefined)) return false;
    this.#values ??= mergeRow(this.#step, this.#lines) ?? {};
    return findValue(this.#values, key) !== undefined;
  }
}

async function readFound(history: HistoryRows, { spec, keys, found }: Search): Promise<RowSelection> {
  const chosen = samplePositions(found.length, spec.samples).flatMap((index) => found[index] ?? []);
  const rows: string[] = [];
  for (let start = 0; start < chosen.length; start += ROWS_A_TURN) {
    const block = chosen.slice(start, start + ROWS_A_TURN).map((position) => history.rows.at(position));
    const texts = await history.texts(block.flatMap((row) => row.lines));
    for (const row of block) {
      const values = mergeRow(row.step, rowLines(row, texts));
      if (values !== undefined) rows.push(printJson(keys.length === 0 ? values : pick(values, keys)));
    }
    if (start + ROWS_A_TURN < chosen.length) await nextTurn();
  }
  return { rows, isSampled: chosen.length < found.length, totalRows: found.length };
}

function pick(values: JsonObject, keys: readonly string[]): JsonObject {
  const picked: Record<string, JsonValue> = {};
  for (const key of keys) {
    const value = findValue(values, key);
    if (value !== undefined) setOwn(picked, key, value);
  }
  return picked;
}
