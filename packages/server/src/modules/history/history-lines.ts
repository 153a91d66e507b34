/** The texts of a run's history lines by number, from sealed parts and from the log, for the time of one question. */
import type { HistoryLog, LineLayout, LineStretch, RunKey } from "./history-log.ts";
import { LinesMovedError, untilSettled } from "./lines-moved.ts";
import type { PartReader } from "./part-reader.ts";
import { readNumbered } from "./read-numbered.ts";

/** Where lines come from. */
export interface LineSources {
  readonly log: HistoryLog;
  readonly parts: PartReader;
}

/** Reads lines; remembers how they lie until they move. */
export class HistoryLines {
  readonly #log: HistoryLog;
  readonly #parts: PartReader;
  readonly #stream: RunKey & { readonly stream: "history" };
  #layout: Promise<LineLayout> | undefined;

  constructor({ log, parts }: LineSources, { projectId, runId }: RunKey) {
    this.#log = log;
    this.#parts = parts;
    this.#stream = { projectId, runId, stream: "history" };
  }

  /** The stretches of all lines, in their order. */
  async stretches(): Promise<readonly LineStretch[]> {
    this.#layout ??= this.#log.layout({ ...this.#stream, from: 0, to: Infinity });
    return (await this.#layout).stretches;
  }

  /** Does something with lines where they lie; again when they moved meanwhile. */
  settle<T>(read: () => Promise<T>): Promise<T> {
    return untilSettled(async () => {
      try {
        return await read();
      } catch (error) {
        if (error instanceof LinesMovedError) this.#layout = undefined;
        throw error;
      }
    });
  }

  /** The texts of lines by number; absent ones are left out. */
  texts(numbers: readonly number[]): Promise<ReadonlyMap<number, string>> {
    return this.settle(async () => {
      const stretches = await this.stretches();
      const sorted = [...numbers].sort((a, b) => a - b);
      const texts = new Map<number, string>();
      const unsealed: number[] = [];
      let at = 0;
      for (const { to, part } of stretches) {
        const start = at;
        while (at < sorted.length && (sorted[at] ?? to) < to) at += 1;
        if (start === at) continue;
        const wanted = sorted.slice(start, at);
        if (part === undefined) unsealed.push(...wanted);
        else take(texts, wanted, await this.#parts.linesAt(part, wanted));
      }
      unsealed.push(...sorted.slice(at));
      for (const [number, text] of await readNumbered(this.#log, { ...this.#stream, numbers: unsealed })) {
        texts.set(number, text);
      }
      return texts;
    });
  }
}

function take(
  texts: Map<number, string>,
  numbers: readonly number[],
  lines: readonly (string | undefined)[],
): void {
  for (const [index, number] of numbers.entries()) {
    const text = lines[index];
    if (text !== undefined) texts.set(number, text);
  }
}
