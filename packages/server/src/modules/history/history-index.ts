/**
 * What is derived from a run's history lines and kept in memory: the rows that they make and statistics by key. It is
 * brought up to date before each use, from the new lines alone where lines were only added.
 */
import type { HistoryLog, Line, RunKey } from "./history-log.ts";
import { parseLine, stepOf } from "./history-line.ts";
import { KeyStatistics } from "./key-statistics.ts";
import { StepTable } from "./step-table.ts";
import { nextTurn } from "./next-turn.ts";

/** The derived state of one run's history at a version of its lines. */
export interface HistoryIndex {
  readonly table: StepTable;
  readonly statistics: KeyStatistics;
}

/** What the indexes are built from. */
export interface HistoryIndexesParts {
  readonly log: HistoryLog;
  /**
   * About how many bytes all indexes may take together; the ones unused for longest go first.
   *
   * @default 64 MiB
   */
  readonly maxBytes?: number;
}

/** Lines that are read and parsed before others get their turn; about 5 ms of work. */
const LINES_A_TURN = 1_000;

const BYTES_A_LINE = 24;
const BYTES_A_KEY = 400;

/** The indexes of the runs read lately. */
export class HistoryIndexes {
  readonly #log: HistoryLog;
  readonly #maxBytes: number;
  /** In the order of use, the latest last. */
  readonly #entries = new Map<string, Entry>();
  readonly #updates = new Map<string, Promise<Entry>>();

  constructor({ log, maxBytes = 64 * 1024 * 1024 }: HistoryIndexesParts) {
    this.#log = log;
    this.#maxBytes = maxBytes;
  }

  /** Whether a run's index is there, so that using it costs little. */
  has(run: RunKey): boolean {
    return this.#entries.has(keyOf(run));
  }

  /** A run's index as of now. Calls for one run wait for each other. */
  async load(run: RunKey): Promise<HistoryIndex> {
    const key = keyOf(run);
    const previous = this.#updates.get(key);
    const update = (async () => {
      // A failure of the call before is told to its own caller.
      await previous?.catch(() => undefined);
      return this.#bringUpToDate(key, run);
    })();
    this.#updates.set(key, update);
    try {
      return await update;
    } finally {
      if (this.#updates.get(key) === update) this.#updates.delete(key);
    }
  }

  async #bringUpToDate(key: string, run: RunKey): Promise<Entry> {
    const known = this.#entries.get(key);
    const stream = { projectId: run.projectId, runId: run.runId, stream: "history" } as const;
    const changes = await this.#log.changes({ ...stream, since: known?.version ?? 0 });
    const isExtension = known !== undefined && (changes.from === null || changes.from >= known.lineCount);
    const entry = isExtension ? known : newEntry();
    while (entry.lineCount < changes.lineCount) {
      const to = Math.min(entry.lineCount + LINES_A_TURN, changes.lineCount);
      const lines = await this.#log.readLines({ ...stream, from: entry.lineCount, to });
      for (const line of lines) addLine(entry, line);
      entry.lineCount = to;
      if (to < changes.lineCount) await nextTurn();
    }
    entry.version = changes.version;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#evict();
    return entry;
  }

  /** Lets go of the indexes unused for longest, never of the latest. */
  #evict(): void {
    let bytes = 0;
    for (const entry of this.#entries.values()) bytes += bytesOf(entry);
    for (const [key, entry] of this.#entries) {
      if (bytes <= this.#maxBytes || this.#entries.size === 1) return;
      bytes -= bytesOf(entry);
      this.#entries.delete(key);
    }
  }
}

interface Entry extends HistoryIndex {
  version: number;
  lineCount: number;
}

function newEntry(): Entry {
  return { table: new StepTable(), statistics: new KeyStatistics(), version: 0, lineCount: 0 };
}

function addLine(entry: Entry, { number, text }: Line): void {
  const row = parseLine(text);
  if (row === undefined) return;
  const step = stepOf(row) ?? number;
  entry.table.add(number, step);
  entry.statistics.add(row, step);
}

function bytesOf(entry: Entry): number {
  return entry.table.lineCount * BYTES_A_LINE + entry.statistics.size * BYTES_A_KEY;
}

function keyOf({ projectId, runId }: RunKey): string {
  return `${projectId}/${runId}`;
}
