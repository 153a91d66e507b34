/** What those who watch a run read of it; those who stand at the same place share their reads. */
import { STEP_KEY } from "../history/history-line.ts";
import type { RunKey } from "../history/history-log.ts";
import type { HistoryReader, RowChanges, RowPosition } from "../history/history-reader.ts";
import { SharedReads } from "./shared-reads.ts";

/** Some rows, as the text that is sent. */
export interface LivePage {
  readonly rowCount: number;
  /** JSON text of the event's data. */
  readonly data: string;
  readonly chars: number;
}

/** Which rows; `fromStep` may be negative infinity, `toStep` is exclusive. */
export interface LiveWindow extends RunKey {
  readonly version: number;
  readonly fromStep: number;
  readonly toStep: number;
  readonly keys: readonly string[];
}

/** Shared reads of runs. */
export class RunPages {
  readonly #history: HistoryReader;
  readonly #changes = new SharedReads<RowChanges>();
  readonly #pages = new SharedReads<LivePage>();

  constructor(history: HistoryReader) {
    this.#history = history;
  }

  /** What changed since a position. `moment` differs whenever the run may have changed. */
  changes(run: RunKey, since: RowPosition | null, moment: number): Promise<RowChanges> {
    const { projectId, runId } = run;
    const question = `${projectId}/${runId}/${moment}/${since?.version ?? 0}/${since?.lineCount ?? 0}`;
    return this.#changes.get(question, () => this.#history.changes({ projectId, runId, since }));
  }

  /** A window of rows. */
  page(window: LiveWindow): Promise<LivePage> {
    const { projectId, runId, version, fromStep, toStep, keys } = window;
    const question = JSON.stringify([projectId, runId, version, String(fromStep), toStep, keys]);
    return this.#pages.get(question, () => this.#read(window));
  }

  async #read({ projectId, runId, fromStep, toStep, keys }: LiveWindow): Promise<LivePage> {
    const run = { projectId, runId };
    const minStep = fromStep === -Infinity ? null : fromStep;
    let rows: readonly string[];
    if (keys.length === 0) {
      ({ rows } = await this.#history.rows({ ...run, minStep, maxStep: toStep, samples: null }));
    } else {
      const chosen = [...new Set([STEP_KEY, ...keys])];
      const spec = { keys: chosen, samples: null, minStep, maxStep: toStep - 1, mode: "union" } as const;
      const [selection] = await this.#history.select({ ...run, specs: [spec] });
      rows = selection?.rows ?? [];
    }
    const data = JSON.stringify({ rows });
    return { rowCount: rows.length, data, chars: data.length };
  }
}
