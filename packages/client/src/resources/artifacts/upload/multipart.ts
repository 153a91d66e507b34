/** Decides how a large file is divided. A pure plan, with W&B's sizes, so that tests need neither files nor network. */

/** From this size on, a file is offered in parts. */
export const MULTIPART_FROM_BYTES: number = 2 * 2 ** 30;

const PART_BYTES = 100 * 2 ** 20;
const MAX_PARTS = 10_000;
/** Part sizes are multiples of what disks read at once. */
const STEP_BYTES = 4_096;

/** One part: its number from 1, and its bytes from `start` up to, not including, `end`. */
export interface Part {
  readonly partNumber: number;
  readonly start: number;
  readonly end: number;
}

/** The parts of a file; none when it goes in one piece. */
export function planParts(sizeBytes: number, fromBytes: number = MULTIPART_FROM_BYTES): readonly Part[] {
  if (sizeBytes < fromBytes) return [];
  const needed = Math.ceil(sizeBytes / MAX_PARTS / STEP_BYTES) * STEP_BYTES;
  const partBytes = Math.max(PART_BYTES, needed);
  const count = Math.ceil(sizeBytes / partBytes);
  return Array.from({ length: count }, (_, index) => ({
    partNumber: index + 1,
    start: index * partBytes,
    end: Math.min(sizeBytes, (index + 1) * partBytes),
  }));
}
