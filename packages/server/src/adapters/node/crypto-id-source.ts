/** Randomness of the operating system: the one place that asks for it. */
import { randomBytes, randomInt } from "node:crypto";
import type { IdSource } from "../../ports/id-source.ts";

/** `IdSource` of the operating system. */
export class CryptoIdSource implements IdSource {
  hex(sizeBytes: number): string {
    return randomBytes(sizeBytes).toString("hex");
  }

  integer(bound: number): number {
    return randomInt(bound);
  }
}
