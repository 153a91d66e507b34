/** Random numbers that a seed fixes, so that a search can be told again; not for secrets. */
import type { RandomSource } from "./sample.ts";

/** A source of its own for each seed: mulberry32, 2^32 numbers before it repeats. */
export function createSeededRandom(seed: number): RandomSource {
  let state = Math.trunc(seed) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
