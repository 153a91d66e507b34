/**
 * One export at work: finds the runs, plans the columns from the statistics of all their keys, then reads run after run
 * while the page before is being encoded. It holds two numbers a run, a page of rows and a row group, whatever the
 * number of runs; and as it is a generator, it goes no faster than whoever takes its frames.
 */
import type { ExportFrame, ExportProgress } from "@steelyard/protocol";
import type { HistoryReader } from "../history/history-reader.ts";
import type { RunStore } from "../runs/run-store.ts";
import type { ExportEncoders } from "./export-encoder.ts";
import { ColumnPlanner } from "./export-columns.ts";
import type { HistoryExportRequest } from "./export-request.ts";
import { readAhead } from "./read-ahead.ts";
import { readRunRows } from "./run-pages.ts";
import type { RowPart } from "./run-pages.ts";

/** What an export works with. */
export interface HistoryExportParts {
  readonly projectId: number;
  readonly request: HistoryExportRequest;
  readonly runIds: AsyncIterable<readonly number[]>;
  readonly history: HistoryReader;
  readonly runs: RunStore;
  readonly encoders: ExportEncoders;
  /** Called now and then; throws when the caller may no longer see the project. */
  readonly checkAccess: () => Promise<void>;
}

const RUNS_AT_ONCE = 100;
const RUNS_PLANNED_AT_ONCE = 50;
/** Larger pieces only make each waiting request hold more. */
const MAX_FRAME_BYTES = 1024 * 1024;

/** The number of a run and the step that its export ends before. */
interface PlannedRun {
  readonly runId: number;
  readonly end: number;
}

/** An export. Iterate `frames` once; `progress` tells at any time how far it is. */
export class HistoryExport {
  readonly #parts: HistoryExportParts;
  readonly #planner = new ColumnPlanner();
  readonly #planned: PlannedRun[] = [];
  #runsDone = 0;
  #isPlanned = false;
  #rows = 0;
  #bytes = 0;

  constructor(parts: HistoryExportParts) {
    this.#parts = parts;
  }

  /** How far it is. */
  get progress(): ExportProgress {
    const runsTotal = this.#isPlanned ? this.#planned.length : null;
    return { runsDone: this.#runsDone, runsTotal, rows: this.#rows, bytes: this.#bytes };
  }

  /** The frames up to and with `end`. */
  async *frames(): AsyncGenerator<ExportFrame, void, undefined> {
    for await (const runIds of this.#parts.runIds) yield* this.#plan(runIds);
    this.#isPlanned = true;
    yield { kind: "progress", value: this.progress };
    const { encoders, request } = this.#parts;
    const columns = request.format === "ndjson" ? [] : this.#planner.plan(request.keys);
    const { encoderId } = await encoders.open({ format: request.format, columns });
    try {
      for (let start = 0; start < this.#planned.length; start += RUNS_AT_ONCE) {
        yield* this.#exportRuns(encoderId, this.#planned.slice(start, start + RUNS_AT_ONCE));
      }
      yield* this.#data(await encoders.finish({ encoderId }));
    } finally {
      await encoders.close({ encoderId });
    }
    yield { kind: "end", value: this.progress };
  }

  /** Gives a frame now and then, so that an export that nobody wants any more ends here too. */
  async *#plan(runIds: readonly number[]): AsyncGenerator<ExportFrame, void, undefined> {
    const { projectId, history } = this.#parts;
    for (const [index, runId] of runIds.entries()) {
      if (index % RUNS_PLANNED_AT_ONCE === 0) yield { kind: "progress", value: this.progress };
      const { lastStep, keys } = await history.keys({ projectId, runId });
      this.#planner.add(keys);
      this.#planned.push({ runId, end: lastStep + 1 });
    }
  }

  async *#exportRuns(
    encoderId: number,
    planned: readonly PlannedRun[],
  ): AsyncGenerator<ExportFrame, void, undefined> {
    const { projectId, runs, request, history, encoders, checkAccess } = this.#parts;
    await checkAccess();
    const found = await runs.findMany({ projectId, runIds: planned.map(({ runId }) => runId) });
    const names = new Map(
      found.map(({ runId, name, displayName }) => [runId, { id: name, name: displayName }]),
    );
    for (const { runId, end } of planned) {
      const owner = names.get(runId);
      // Deleted since the export began: it is no more.
      if (owner !== undefined) {
        let rows = 0;
        let totalRows: number | null = null;
        const pages = readRunRows(history, { projectId, runId, end }, request);
        for await (const part of readAhead<RowPart>(pages)) {
          const bytes = await encoders.append({ encoderId, owner, rows: part.rows });
          rows += part.rows.length;
          this.#rows += part.rows.length;
          totalRows = part.totalRows;
          yield* this.#data(bytes);
        }
        yield { kind: "run", value: { id: owner.id, rows, totalRows } };
      }
      this.#runsDone += 1;
    }
    yield { kind: "progress", value: this.progress };
  }

  *#data(bytes: Uint8Array): Generator<ExportFrame, void, undefined> {
    for (let start = 0; start < bytes.length; start += MAX_FRAME_BYTES) {
      const piece = bytes.subarray(start, start + MAX_FRAME_BYTES);
      this.#bytes += piece.length;
      yield { kind: "data", bytes: piece };
    }
  }
}
