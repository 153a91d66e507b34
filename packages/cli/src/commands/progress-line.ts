/** One line on standard error that is written over as work goes on; on anything but a terminal nothing is written. */

/** Where the line goes. */
export interface LineOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const INTERVAL_MS = 100;

/** A line of progress. */
export class ProgressLine {
  readonly #output: LineOutput;
  #shownAt = 0;
  #isShown = false;

  constructor(output: LineOutput) {
    this.#output = output;
  }

  /** Shows a text, at most ten times a second. */
  show(text: () => string): void {
    const now = Date.now();
    if (this.#output.isTTY !== true || now - this.#shownAt < INTERVAL_MS) return;
    this.#shownAt = now;
    this.#isShown = true;
    this.#output.write(`\r\u001b[2K${text().slice(0, (this.#output.columns ?? 80) - 1)}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#isShown) this.#output.write("\r\u001b[2K");
    this.#isShown = false;
  }
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A size for people. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(value) : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

/** A count for people. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
