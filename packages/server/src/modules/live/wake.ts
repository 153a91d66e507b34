/** Lets one waiter sleep until something happens; what happens while nobody waits is not lost. */
export class Wake {
  #isCalled = false;
  #call: (() => void) | undefined;

  /** Ends the wait, or the next one. */
  call(): void {
    this.#isCalled = true;
    this.#call?.();
  }

  /** Resolves when it was called since the wait before; false when the time was over first. */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.#isCalled) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => resolve(undefined), timeoutMs);
      this.#call = () => resolve(undefined);
      await promise;
      clearTimeout(timer);
      this.#call = undefined;
    }
    const wasCalled = this.#isCalled;
    this.#isCalled = false;
    return wasCalled;
  }
}
