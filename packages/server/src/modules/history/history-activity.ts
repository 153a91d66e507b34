/** Remembers which runs were written to, for whoever does something with new lines later. */
import type { LineWrite, RunKey } from "./history-log.ts";

/** Above this rate of history lines, work that can wait gives way. */
const BUSY_LINES_A_SECOND = 20_000;

/** The runs whose history was written to since they were last asked for, and how much is written at present. */
export class HistoryActivity {
  #runs = new Map<string, RunKey>();
  #untakenLines = 0;
  #windowStart = 0;
  #windowLines = 0;
  #previousLines = 0;

  /** Notes writes that were made durable. */
  note(writes: readonly LineWrite[]): void {
    this.#turn();
    for (const { projectId, runId, stream, lines } of writes) {
      if (stream === "console") continue;
      this.#runs.set(`${projectId}/${runId}`, { projectId, runId });
      this.#windowLines += lines.length;
      this.#untakenLines += lines.length;
    }
  }

  /** The runs noted since the last call; each is told once. */
  take(): readonly RunKey[] {
    const runs = [...this.#runs.values()];
    this.#runs = new Map();
    this.#untakenLines = 0;
    return runs;
  }

  /** How many lines were noted since the last call of `take`. */
  get untakenLines(): number {
    return this.#untakenLines;
  }

  /** Whether so much is written that other work should give way. */
  get isBusy(): boolean {
    this.#turn();
    return Math.max(this.#previousLines, this.#windowLines) > BUSY_LINES_A_SECOND;
  }

  #turn(): void {
    const elapsedMs = performance.now() - this.#windowStart;
    if (elapsedMs < 1000) return;
    this.#previousLines = elapsedMs < 2000 ? this.#windowLines : 0;
    this.#windowLines = 0;
    this.#windowStart = performance.now();
  }
}
