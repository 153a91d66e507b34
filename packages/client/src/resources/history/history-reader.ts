/** The requests behind every read of history. Each gives whole answers: what a server samples is asked for as such. */
import { isJsonArray, isJsonObject, parseJson, printJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { CommError, NotFoundError } from "../../core/errors.ts";
import { parseObjectText } from "../../core/json-text.ts";
import type { Service } from "../../core/service.ts";
import {
  HistoryPageDocument,
  RunFullHistoryDocument,
  RunHistoryKeysDocument,
  RunSampledHistoryDocument,
  RunSystemHistoryDocument,
  SampledHistoryPageDocument,
} from "../../generated/history-documents.ts";
import { reviveRow, selectFromRow, selectedKeys } from "./history-row.ts";
import type { HistoryRow, HistorySelection } from "./history-row.ts";

/** Announced by servers that can choose rows by the union of keys themselves. */
export const HISTORY_UNION_FEATURE = "STEELYARD_HISTORY_UNION";

/** Which run. */
export interface RunAddress {
  readonly entity: string;
  readonly project: string;
  readonly id: string;
}

/** Steps from one up to, not including, another. */
export interface StepWindow {
  readonly minStep: number;
  readonly maxStep: number;
}

/** What was read of a window. */
export interface WindowRows {
  readonly rows: HistoryRow[];
  /** How many rows came over the wire, for the width of the next window. */
  readonly receivedCount: number;
}

/** Reads the history of one run. */
export class HistoryReader {
  readonly #service: Service;
  readonly #run: RunAddress;

  constructor(service: Service, run: RunAddress) {
    this.#service = service;
    this.#run = run;
  }

  /** The run's last step, or -1 when it logged none. */
  async lastStep(signal?: AbortSignal): Promise<number> {
    const { project } = await this.#service.graphql.execute(RunHistoryKeysDocument, this.#address(), {
      signal,
    });
    const keys = this.#found(project?.run).historyKeys;
    const last = isJsonObject(keys) ? keys["lastStep"] : undefined;
    return typeof last === "number" ? last : -1;
  }

  /** All rows of a window in the order of their steps, whole or as selected. */
  async window(
    window: StepWindow,
    selection: HistorySelection | null,
    signal?: AbortSignal,
  ): Promise<WindowRows> {
    // A server that finds no more rows than it may give gives all of them, otherwise as many or every so many-th of
    // them: half of what it may give, or more. Steps may repeat, hence the loop.
    for (let limit = 2 * (window.maxStep - window.minStep + 1); ; limit *= 2) {
      const received = await this.#page(window, selection, limit, signal);
      if (received.length * 2 >= limit) continue;
      const rows = received.map((row) => select(row, selection)).filter((row) => row !== undefined);
      return { rows, receivedCount: received.length };
    }
  }

  /** A sample of all rows, and how many there are. */
  async sample(
    samples: number,
    signal?: AbortSignal,
  ): Promise<{ rows: HistoryRow[]; totalRows: number | null }> {
    const variables = { ...this.#address(), samples };
    const { project } = await this.#service.graphql.execute(RunFullHistoryDocument, variables, { signal });
    const { history, historyLineCount } = this.#found(project?.run);
    return { rows: parseLines(history), totalRows: historyLineCount };
  }

  /** A sample of the rows that a selection means; the server must be able to select by its mode. */
  async sampleSelected(
    selection: HistorySelection,
    samples: number,
    signal?: AbortSignal,
  ): Promise<HistoryRow[]> {
    const variables = { ...this.#address(), specs: [printSpec(selection, { samples })] };
    const { project } = await this.#service.graphql.execute(RunSampledHistoryDocument, variables, { signal });
    return readSampled(this.#found(project?.run).sampledHistory)
      .map((row) => select(row, selection))
      .filter((row) => row !== undefined);
  }

  /** A sample of the system metrics. */
  async sampleEvents(samples: number, signal?: AbortSignal): Promise<HistoryRow[]> {
    const variables = { ...this.#address(), samples };
    const { project } = await this.#service.graphql.execute(RunSystemHistoryDocument, variables, { signal });
    return parseLines(this.#found(project?.run).events);
  }

  /** Whether the server can select rows by a mode itself. */
  async canSelect(selection: HistorySelection): Promise<boolean> {
    return selection.mode === "all-keys" || this.#service.supports(HISTORY_UNION_FEATURE);
  }

  async #page(
    { minStep, maxStep }: StepWindow,
    selection: HistorySelection | null,
    limit: number,
    signal: AbortSignal | undefined,
  ): Promise<HistoryRow[]> {
    const { entity, project, id } = this.#run;
    const address = { entity, project, run: id };
    if (selection !== null && (await this.canSelect(selection))) {
      const spec = printSpec(selection, { minStep, maxStep: maxStep - 1, samples: limit });
      const answer = await this.#service.graphql.execute(
        SampledHistoryPageDocument,
        { ...address, spec },
        { signal },
      );
      return readSampled(this.#found(answer.project?.run).sampledHistory);
    }
    const variables = { ...address, minStep, maxStep, pageSize: limit };
    const answer = await this.#service.graphql.execute(HistoryPageDocument, variables, { signal });
    return parseLines(this.#found(answer.project?.run).history);
  }

  #address(): { entity: string; project: string; name: string } {
    return { entity: this.#run.entity, project: this.#run.project, name: this.#run.id };
  }

  #found<T>(run: T | null | undefined): T {
    if (run != null) return run;
    const { entity, project, id } = this.#run;
    throw new NotFoundError(`Run ${entity}/${project}/${id} not found`);
  }
}

function select(row: HistoryRow, selection: HistorySelection | null): HistoryRow | undefined {
  return selection === null ? row : selectFromRow(row, selection);
}

/** The spec of `sampledHistory`: JSON text; `maxStep` is inclusive there. */
function printSpec(selection: HistorySelection, limits: Readonly<Record<string, number>>): string {
  const mode = selection.mode === "union" ? { mode: "union" } : {};
  return printJson({ keys: selectedKeys(selection), ...limits, ...mode });
}

function parseLines(lines: readonly string[] | null): HistoryRow[] {
  return (lines ?? []).map((line) => parseObjectText(line, "history"));
}

/** The rows of the first and only spec. */
function readSampled(lists: readonly (JsonValue | null)[]): HistoryRow[] {
  const rows = lists[0];
  if (rows == null) return [];
  if (!isJsonArray(rows)) throw unexpectedRow();
  return rows.map((row) => reviveRow(readRow(row)));
}

/** Some servers send each row as JSON text. */
function readRow(row: JsonValue): JsonObject {
  const value = typeof row === "string" ? parseJson(row) : row;
  if (!isJsonObject(value)) throw unexpectedRow();
  return value;
}

function unexpectedRow(): CommError {
  return new CommError("Unexpected answer: sampledHistory: expected a list of rows", {
    code: "invalid_response",
  });
}
