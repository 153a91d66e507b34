/** A number that every thread sees grow at once; whoever remembers something under it knows when to ask again. */
export class SharedVersion {
  /** What the threads share: given to a thread, and there to the constructor. */
  readonly memory: SharedArrayBuffer;
  readonly #number: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#number = new Int32Array(memory);
  }

  /** The number now. */
  get value(): number {
    return Atomics.load(this.#number, 0);
  }

  /** Makes the number another one. */
  raise(): void {
    Atomics.add(this.#number, 0, 1);
  }
}
