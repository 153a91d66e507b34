/** The one source of randomness: secrets, keys and invented names come from here. */
export interface IdSource {
  /** Random bytes from a cryptographic source, in hexadecimal; `sizeBytes` bytes give twice as many digits. */
  hex(sizeBytes: number): string;
  /** A random integer from 0 to `bound - 1`. */
  integer(bound: number): number;
}
