/** The machine's clock: the one place that reads the time. */
import type { Clock } from "../../ports/clock.ts";

/** `Clock` of the machine. */
export class SystemClock implements Clock {
  now(): string {
    return new Date().toISOString();
  }
}
