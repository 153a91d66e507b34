/** One thing done again and again until it is stopped. A failed round is reported and tried again later. */

/** What a loop does, and how often. */
export interface BackgroundLoopParts {
  /** Names the loop in reports. */
  readonly name: string;
  /** One round; returns whether more is waiting, so that the next round starts at once. */
  readonly round: (signal: AbortSignal) => Promise<boolean>;
  /** Pause between rounds when nothing is waiting. */
  readonly pauseMs: number;
  /** Told of each failed round. */
  readonly onFailure: (loop: string, cause: unknown) => void;
}

/** Pauses after failures: this long at first, doubled each time, up to the limit. */
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

/** A loop in the background. */
export class BackgroundLoop {
  readonly #parts: BackgroundLoopParts;
  readonly #stop: AbortController = new AbortController();
  #running: Promise<void> | undefined;
  #endPause: (() => void) | undefined;

  constructor(parts: BackgroundLoopParts) {
    this.#parts = parts;
  }

  /** Starts to loop; starting twice is no error. */
  start(): void {
    this.#running ??= this.#loop();
  }

  /** Ends after the round that runs. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#endPause?.();
    await this.#running;
  }

  #isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  async #loop(): Promise<void> {
    let failures = 0;
    while (!this.#isStopping()) {
      let isMoreWaiting = false;
      try {
        isMoreWaiting = await this.#parts.round(this.#stop.signal);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!this.#isStopping()) this.#parts.onFailure(this.#parts.name, error);
      }
      if (failures > 0) await this.#pause(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS));
      else if (!isMoreWaiting) await this.#pause(this.#parts.pauseMs);
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isStopping()) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), ms);
    this.#endPause = () => resolve(undefined);
    await promise;
    clearTimeout(timer);
    this.#endPause = undefined;
  }
}
