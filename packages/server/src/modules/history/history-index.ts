/**
 * What is derived from a run's history lines: statistics by key, and in which order the lines make rows. Both are kept
 * in memory, brought up to date before each use, from the new lines alone where lines were only added; statistics are
 * also stored, so that a restart costs only the lines since.
 */
import { printJson } from "@steelyard/protocol";
import type { HistoryLog, RunKey } from "./history-log.ts";
import { IndexLines, parseStatistics } from "./index-lines.ts";
import { KeyStatistics } from "./key-statistics.ts";
import { parsingCounter } from "./line-counter.ts";
import type { LineCounter } from "./line-counter.ts";
import { nextTurn } from "./next-turn.ts";
import type { PartReader } from "./part-reader.ts";
import type { SavedStatistics, StatisticsStore } from "./statistics-store.ts";
import { StepTable } from "./step-table.ts";

/** What the indexes are built from. */
export interface HistoryIndexesParts {
  readonly log: HistoryLog;
  /** Reads what is sealed. */
  readonly parts: Pick<PartReader, "steps">;
  readonly store: StatisticsStore;
  /** @default the one that parses lines */
  readonly counter?: LineCounter;
  /**
   * About how many bytes all indexes may take together; the ones unused for longest go first.
   *
   * @default 64 MiB
   */
  readonly maxBytes?: number;
}

const BYTES_A_KEY = 500;
const BYTES_AN_ENTRY = 500;

/** Statistics are stored when they have this many lines more than what is stored. */
const LINES_A_SAVE = 5_000;

/** The indexes of the runs read or written lately. */
export class HistoryIndexes {
  readonly #log: HistoryLog;
  readonly #lines: IndexLines;
  readonly #store: StatisticsStore;
  readonly #maxBytes: number;
  /** In the order of use, the latest last. */
  readonly #entries = new Map<string, Entry>();
  readonly #updates = new Map<string, Promise<Entry>>();
  #bytes = 0;

  constructor(all: HistoryIndexesParts) {
    const { log, parts, store, counter = parsingCounter, maxBytes = 64 * 1024 * 1024 } = all;
    this.#log = log;
    this.#lines = new IndexLines({ log, parts, counter });
    this.#store = store;
    this.#maxBytes = maxBytes;
  }

  /** Whether a run's table is there, so that using it costs little. */
  hasTable(run: RunKey): boolean {
    return this.#entries.get(keyOf(run))?.table !== undefined;
  }

  /** A run's lines in the order of their steps, as of now. */
  async table(run: RunKey): Promise<StepTable> {
    const { table } = await this.#load(run, { needsTable: true, pace: nextTurn });
    if (table === undefined) throw new Error("the table of steps was not made");
    return table;
  }

  /** A run's statistics as of now; `pace` is called between portions of work. */
  async statistics(run: RunKey, pace: () => Promise<void> = nextTurn): Promise<KeyStatistics> {
    return (await this.#load(run, { needsTable: false, pace })).statistics;
  }

  /** Which lines a run's statistics are of, as of now. */
  async progress(run: RunKey): Promise<IndexProgress> {
    const { version, lineCount, statistics } = await this.#load(run, { needsTable: false, pace: nextTurn });
    return { version, lineCount, lastStep: statistics.lastStep, isAscending: statistics.isAscending };
  }

  /** Statistics of several runs as of now, in the order asked for. What is stored and still true is not kept in memory. */
  async statisticsOf(runs: readonly RunKey[]): Promise<readonly KeyStatistics[]> {
    const versions = await this.#log.versions({ runs });
    const stored = await this.#store.load({ runs });
    const found: KeyStatistics[] = [];
    for (const [index, run] of runs.entries()) {
      const version = versions[index] ?? 0;
      const saved = stored[index];
      const known = this.#entries.get(keyOf(run));
      if (known?.version === version) found.push(known.statistics);
      else if (version === 0) found.push(new KeyStatistics());
      else {
        const statistics = saved?.version === version ? parseStatistics(saved.state) : undefined;
        found.push(statistics ?? (await this.statistics(run)));
      }
    }
    return found;
  }

  /**
   * Stores the statistics of some runs that grew much since they were stored, or that did not change after an instant by
   * `performance.now()`. Returns whether there may be more.
   */
  async save({ quietSince }: { readonly quietSince: number }): Promise<boolean> {
    const due: Entry[] = [];
    for (const entry of this.#entries.values()) {
      const isGrown = Math.abs(entry.lineCount - entry.savedLineCount) >= LINES_A_SAVE;
      const isDue = isGrown || entry.changedAt <= quietSince;
      if (isDue && entry.version !== entry.savedVersion) due.push(entry);
      if (due.length === SAVES_AT_ONCE) break;
    }
    await this.#save(due);
    return due.length === SAVES_AT_ONCE;
  }

  /** Calls for one run wait for each other. */
  async #load(run: RunKey, needs: Needs): Promise<Entry> {
    const key = keyOf(run);
    const previous = this.#updates.get(key);
    const update = (async () => {
      // A failure of the call before is told to its own caller.
      await previous?.catch(() => undefined);
      return this.#bringUpToDate(key, run, needs);
    })();
    this.#updates.set(key, update);
    try {
      return await update;
    } finally {
      if (this.#updates.get(key) === update) this.#updates.delete(key);
    }
  }

  async #bringUpToDate(key: string, run: RunKey, { needsTable, pace }: Needs): Promise<Entry> {
    const { projectId, runId } = run;
    const stream = { projectId, runId, stream: "history" } as const;
    const known = this.#entries.get(key) ?? (await this.#restore(run));
    const { version: since, lineCount: knownLines } = known;
    const changes = await this.#log.changes({ ...stream, since, knownLines });
    const isExtension = changes.from === null || changes.from >= known.lineCount;
    const entry = isExtension ? known : { ...newEntry(run), savedVersion: known.savedVersion };
    if (entry !== known) this.#forget(key);
    if (needsTable && entry.table === undefined) {
      const table = new StepTable();
      await this.#lines.readSteps(stream, { from: 0, to: entry.lineCount, pace, table });
      entry.table = table;
    }
    await this.#lines.count(stream, { from: entry.lineCount, to: changes.lineCount, pace, entry });
    if (entry.version !== changes.version) entry.changedAt = performance.now();
    entry.version = changes.version;
    this.#keep(key, entry);
    await this.#evict();
    return entry;
  }

  async #restore(run: RunKey): Promise<Entry> {
    const [saved] = await this.#store.load({ runs: [run] });
    const statistics = saved === undefined ? undefined : parseStatistics(saved.state);
    if (saved === undefined || statistics === undefined) return newEntry(run);
    const { version, lineCount } = saved;
    const savedAs = { savedVersion: version, savedLineCount: lineCount };
    return { ...newEntry(run), statistics, version, lineCount, ...savedAs };
  }

  #keep(key: string, entry: Entry): void {
    this.#forget(key);
    entry.bytes = bytesOf(entry);
    this.#bytes += entry.bytes;
    this.#entries.set(key, entry);
  }

  #forget(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  /** Lets go of the indexes unused for longest, never of the latest. */
  async #evict(): Promise<void> {
    const unsaved: Entry[] = [];
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes || this.#entries.size === 1) break;
      if (entry.version !== entry.savedVersion) unsaved.push(entry);
      this.#forget(key);
    }
    await this.#save(unsaved);
  }

  async #save(entries: readonly Entry[]): Promise<void> {
    const statistics = entries.map(({ run, version, lineCount, statistics: counted }): SavedStatistics => ({
      ...run,
      version,
      lineCount,
      state: printJson(counted.toState()),
    }));
    for (const [index, entry] of entries.entries()) {
      entry.savedVersion = statistics[index]?.version ?? 0;
      entry.savedLineCount = statistics[index]?.lineCount ?? 0;
    }
    await this.#store.save({ statistics });
  }
}

/** Lines up to a version of the stream, and their steps. */
export interface IndexProgress {
  readonly version: number;
  readonly lineCount: number;
  /** The greatest step; -1 without rows. */
  readonly lastStep: number;
  /** Whether no line has a lower step than one before it. */
  readonly isAscending: boolean;
}

/** Few enough that others wait for one commit of them and no more. */
const SAVES_AT_ONCE = 32;

interface Needs {
  readonly needsTable: boolean;
  readonly pace: () => Promise<void>;
}

interface Entry {
  readonly run: RunKey;
  readonly statistics: KeyStatistics;
  table: StepTable | undefined;
  version: number;
  lineCount: number;
  savedVersion: number;
  savedLineCount: number;
  changedAt: number;
  bytes: number;
}

function newEntry({ projectId, runId }: RunKey): Entry {
  return {
    run: { projectId, runId },
    statistics: new KeyStatistics(),
    table: undefined,
    version: 0,
    lineCount: 0,
    savedVersion: 0,
    savedLineCount: 0,
    changedAt: 0,
    bytes: 0,
  };
}

function bytesOf({ table, statistics }: Entry): number {
  return BYTES_AN_ENTRY + (table?.bytes ?? 0) + statistics.size * BYTES_A_KEY + statistics.valueBytes;
}

function keyOf({ projectId, runId }: RunKey): string {
  return `${projectId}/${runId}`;
}
