/** Randomness of the operating system: the one place that asks for it. */
import { randomFillSync, randomInt } from "node:crypto";
import type { IdSource } from "../../ports/id-source.ts";

/** Asking costs as much for many bytes as for a few, and every request needs eight. */
const POOL_BYTES = 4096;

/** `IdSource` of the operating system. */
export class CryptoIdSource implements IdSource {
  readonly #pool: Buffer = Buffer.alloc(POOL_BYTES);
  #used = POOL_BYTES;

  hex(sizeBytes: number): string {
    if (sizeBytes > POOL_BYTES) return randomFillSync(Buffer.alloc(sizeBytes)).toString("hex");
    if (this.#used + sizeBytes > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const end = this.#used + sizeBytes;
    const text = this.#pool.toString("hex", this.#used, end);
    // What was given away may be a secret, of which no copy should stay.
    this.#pool.fill(0, this.#used, end);
    this.#used = end;
    return text;
  }

  integer(bound: number): number {
    return randomInt(bound);
  }
}
