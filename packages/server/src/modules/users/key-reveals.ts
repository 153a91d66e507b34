/**
 * Texts of keys that their maker has not read yet: a client that cannot take one from the answer finds it once, within
 * minutes, where it looks next. They are in memory only.
 */
import type { Clock } from "../../ports/clock.ts";

const KEPT_MS = 5 * 60_000;
/** Beyond this the oldest are forgotten, so that memory stays bounded. */
const MAX_KEPT = 1000;

/** Which key, and who made it. */
export interface MadeKey {
  readonly makerId: number;
  readonly keyId: number;
}

/** Keeps texts of new keys for a moment. */
export class KeyReveals {
  readonly #clock: Clock;
  readonly #kept: Map<string, { readonly text: string; readonly untilMs: number }> = new Map();

  constructor(parts: { readonly clock: Clock }) {
    this.#clock = parts.clock;
  }

  /** Keeps the text of a key for its maker. */
  keep(made: MadeKey, text: string): void {
    this.#forgetOld();
    this.#kept.set(toName(made), { text, untilMs: Date.parse(this.#clock.now()) + KEPT_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** The text, once, for its maker; undefined for anybody else and when it is too late. */
  take(made: MadeKey): string | undefined {
    this.#forgetOld();
    const text = this.#kept.get(toName(made))?.text;
    this.#kept.delete(toName(made));
    return text;
  }

  #forgetOld(): void {
    const nowMs = Date.parse(this.#clock.now());
    for (const [name, { untilMs }] of this.#kept) if (untilMs <= nowMs) this.#kept.delete(name);
  }
}

function toName({ makerId, keyId }: MadeKey): string {
  return `${makerId} ${keyId}`;
}
