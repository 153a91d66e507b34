/** Numbers that look random and follow from a seed, for searches that must come to the same again. */

/** A source of numbers from 0 to below 1; its state is one 32-bit word, which is plenty for one suggestion. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}
