/**
 * The time one attempt may take, joined with the caller's own signal. A limit on the whole answer runs until it is
 * stopped; a limit on silence starts anew with every sign of life, because a large file may take longer than any
 * fixed time.
 */
import { reasonOf } from "./clock.ts";

/** What a time limit bounds: the whole answer, or each silence between signs of life. */
export type TimeLimit = "answer" | "silence";

/** Ends an attempt early: because of the caller, or because the time is up. */
export class AttemptTimer {
  readonly #controller = new AbortController();
  readonly #limitMs: number;
  readonly #bounds: TimeLimit;
  readonly #caller: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLate = false;

  constructor(limitMs: number, bounds: TimeLimit, caller: AbortSignal | undefined) {
    this.#limitMs = limitMs;
    this.#bounds = bounds;
    this.#caller = caller;
    caller?.addEventListener("abort", this.#onCallerAbort);
    if (caller?.aborted) this.#onCallerAbort();
    else this.#start();
  }

  /** Aborted when the time is up or the caller aborts. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time was up. */
  get isLate(): boolean {
    return this.#isLate;
  }

  /** Somebody waits for the server from now on: a limit on silence starts anew. */
  listen(): void {
    if (this.#bounds === "silence") this.#start();
  }

  /** Nobody waits for the server now, so its silence does not count until the next {@link listen}. */
  pause(): void {
    if (this.#bounds === "silence") clearTimeout(this.#timer);
  }

  /** The attempt is over: no more timer, no more listening. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#onCallerAbort);
  }

  /** Stops the attempt and closes its connection. */
  abort(): void {
    this.stop();
    this.#controller.abort();
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#controller.abort();
    }, this.#limitMs);
  }

  readonly #onCallerAbort = (): void => {
    this.stop();
    this.#controller.abort(this.#caller === undefined ? undefined : reasonOf(this.#caller));
  };
}
