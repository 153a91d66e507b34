// Waits for what happens in another process; the only place where tests wait for time to pass.
import { setTimeout as delay } from "node:timers/promises";

/** Options of `eventually`. */
export interface EventuallyOptions {
  /** @default 20000 */
  readonly timeoutMs?: number;
  /** @default 100 */
  readonly intervalMs?: number;
}

/** The first value of `look` that `accepts` accepts; throws with the last value when none comes in time. */
export async function eventually<T>(
  look: () => Promise<T>,
  accepts: (value: T) => boolean,
  { timeoutMs = 20_000, intervalMs = 100 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (accepts(value)) return value;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms, last found ${JSON.stringify(value)}`);
    await delay(intervalMs);
  }
}
