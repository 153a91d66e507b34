/** The history reader over the log of lines, with derived state in memory. It runs where the log is. */
import { printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { readBuckets } from "./history-buckets.ts";
import { divideIntoFiles } from "./history-files.ts";
import type { HistoryStretch } from "./history-files.ts";
import type { HistoryIndexes } from "./history-index.ts";
import { parseLine, stepOf } from "./history-line.ts";
import type { HistoryLog, Line, LineStream, RunKey } from "./history-log.ts";
import type {
  BucketRequest,
  HistoryBuckets,
  HistoryKeys,
  HistoryReader,
  HistorySpec,
  HistoryTails,
  LineCounts,
  RowChanges,
  RowPage,
  RowPosition,
  RowRequest,
  RowSelection,
} from "./history-reader.ts";
import { openRows } from "./history-rows.ts";
import type { RowSources } from "./history-rows.ts";
import { flatten } from "./key-path.ts";
import type { KeyStatistics } from "./key-statistics.ts";
import type { PartReader } from "./part-reader.ts";
import { readNumbered } from "./read-numbered.ts";
import { selectRows } from "./row-selection.ts";
import { findChanges } from "./row-changes.ts";
import { rowLines, rowText } from "./row-text.ts";
import { samplePositions } from "./sample.ts";

/** What the reader is built from. */
export interface LogHistoryReaderParts {
  readonly log: HistoryLog;
  /** Reads what is sealed. */
  readonly parts: PartReader;
  readonly indexes: HistoryIndexes;
}

/** How many lines a tail holds at most. */
const TAIL_LINES = 10;

/** Lines looked at to find those that can be read. */
const TAIL_SEARCH = 50;

/** Reads history, system metrics and their statistics. */
export class LogHistoryReader implements HistoryReader {
  readonly #log: HistoryLog;
  readonly #indexes: HistoryIndexes;
  readonly #sources: RowSources;

  constructor({ log, parts, indexes }: LogHistoryReaderParts) {
    this.#log = log;
    this.#indexes = indexes;
    this.#sources = { log, parts, indexes };
  }

  async rows(request: RowRequest): Promise<RowPage> {
    const { rows, from, to, texts } = await openRows(this.#sources, request);
    const totalRows = Math.max(0, to - from);
    const chosen = samplePositions(totalRows, request.samples).map((position) => rows.at(from + position));
    const lines = await texts(chosen.flatMap((row) => row.lines));
    return {
      rows: chosen.flatMap((row) => rowText(row.step, rowLines(row, lines)) ?? []),
      isSampled: chosen.length < totalRows,
      totalRows,
    };
  }

  select({
    specs,
    ...run
  }: RunKey & { readonly specs: readonly HistorySpec[] }): Promise<readonly RowSelection[]> {
    return selectRows(this.#sources, run, specs);
  }

  buckets(request: BucketRequest): Promise<HistoryBuckets> {
    return readBuckets(this.#sources, request);
  }

  async keys(request: RunKey): Promise<HistoryKeys> {
    return toKeys(await this.#indexes.statistics(request));
  }

  async keysOf({ runs }: { readonly runs: readonly RunKey[] }): Promise<readonly HistoryKeys[]> {
    return (await this.#indexes.statisticsOf(runs)).map(toKeys);
  }

  files(request: RunKey): Promise<readonly HistoryStretch[]> {
    return divideIntoFiles(this.#sources, request);
  }

  async events(request: RunKey & { readonly samples: number | null }): Promise<readonly string[]> {
    const { events } = await this.#log.counts(request);
    const { projectId, runId } = request;
    const numbers = samplePositions(events, request.samples);
    const texts = await readNumbered(this.#log, { projectId, runId, stream: "events", numbers });
    return [...texts.values()].filter((text) => parseLine(text) !== undefined);
  }

  async systemMetrics(request: RunKey): Promise<string | null> {
    const { events } = await this.#log.counts(request);
    const last = (await this.#lastLines(request, "events", events)).at(-1);
    if (last === undefined) return null;
    const metrics: Record<string, JsonValue> = {};
    for (const [name, value] of flatten(last.row)) setOwn(metrics, name, value);
    return printJson(metrics);
  }

  lineCounts({ runs }: { readonly runs: readonly RunKey[] }): Promise<readonly LineCounts[]> {
    return Promise.all(runs.map((run) => this.#log.counts(run)));
  }

  async tails(request: RunKey): Promise<HistoryTails> {
    const counts = await this.#log.counts(request);
    const history = await this.#lastLines(request, "history", counts.history);
    const events = await this.#lastLines(request, "events", counts.events);
    const rows = history
      .map(({ line, row }) => ({ step: stepOf(row) ?? line.number, text: line.text }))
      .sort((a, b) => a.step - b.step);
    return {
      historyLineCount: counts.history,
      eventsLineCount: counts.events,
      logLineCount: counts.console,
      historyTail: printTail(rows.map(({ step, text }) => rowText(step, [text]) ?? text)),
      eventsTail: printTail(events.map(({ line }) => line.text)),
    };
  }

  changes({ since, ...run }: RunKey & { readonly since: RowPosition | null }): Promise<RowChanges> {
    return findChanges({ ...this.#sources, indexes: this.#indexes }, run, since);
  }

  async lineCountAtStep(request: RunKey & { readonly step: number }): Promise<number> {
    const rows = (await this.#indexes.table(request)).rows();
    const cut = rows.lowestLineFrom(rows.positionOf(request.step + 1));
    return cut ?? (await this.#log.counts(request)).history;
  }

  /** The last lines of a stream that can be read, in their order. */
  async #lastLines(run: RunKey, stream: LineStream, count: number): Promise<readonly ParsedLine[]> {
    const { projectId, runId } = run;
    const from = Math.max(0, count - TAIL_SEARCH);
    const lines = await this.#log.readLines({ projectId, runId, stream, from, to: count });
    return lines.flatMap((line) => {
      const row = parseLine(line.text);
      return row === undefined ? [] : [{ line, row }];
    });
  }
}

interface ParsedLine {
  readonly line: Line;
  readonly row: JsonObject;
}

function toKeys(statistics: KeyStatistics): HistoryKeys {
  return { lastStep: statistics.lastStep, keys: statistics.toJson() };
}

function printTail(lines: readonly string[]): string {
  return JSON.stringify(lines.slice(-TAIL_LINES));
}
