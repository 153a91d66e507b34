// What a test said of the values of a dictionary, by code, kept from one question to the next: a pattern that was
// tried on a million texts is not tried on them again when the page is turned.

/** Verdicts of one test. */
export class CodeVerdicts {
  /** 0 not asked yet, 1 no, 2 yes. */
  ofCodes: Uint8Array;
  #known = 0;

  constructor(size: number) {
    this.ofCodes = new Uint8Array(size);
  }

  /** How many values were judged. */
  get known(): number {
    return this.#known;
  }

  /** Makes room for codes below `size`. */
  reserve(size: number): void {
    if (size <= this.ofCodes.length) return;
    const grown = new Uint8Array(Math.max(size, Math.ceil(this.ofCodes.length * 1.5), 64));
    grown.set(this.ofCodes);
    this.ofCodes = grown;
  }

  /** Keeps one verdict for many codes in a row, of which none was judged. */
  fill(from: number, end: number, verdict: boolean): void {
    this.ofCodes.fill(verdict ? 2 : 1, from, end);
    this.#known += end - from;
  }

  /** Keeps a verdict and gives it back as 0 or 1. */
  set(code: number, verdict: boolean): number {
    if ((this.ofCodes[code] ?? 0) === 0) this.#known += 1;
    this.ofCodes[code] = verdict ? 2 : 1;
    return Number(verdict);
  }

  /** Forgets a code whose value is gone. */
  forget(code: number): void {
    if ((this.ofCodes[code] ?? 0) === 0) return;
    this.ofCodes[code] = 0;
    this.#known -= 1;
  }
}
