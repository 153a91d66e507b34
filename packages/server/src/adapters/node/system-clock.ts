/** The machine's clock: the one place that reads the time. */
import type { Clock } from "../../ports/clock.ts";

/** `Clock` of the machine. */
export class SystemClock implements Clock {
  #atMs = Number.NaN;
  #text = "";

  /** One request asks several times, and printing a time costs much more than reading it. */
  now(): string {
    const nowMs = Date.now();
    if (nowMs !== this.#atMs) {
      this.#atMs = nowMs;
      this.#text = new Date(nowMs).toISOString();
    }
    return this.#text;
  }
}
