/** What happens to a reader whose lines are sealed, or sealed anew, while it reads: it begins again. */

/** Thrown when lines are no longer where they were a moment ago. */
export class LinesMovedError extends Error {
  override readonly name = "LinesMovedError";
}

/** More often than this lines do not move in the time of one reading; then they are lost. */
const MAX_ATTEMPTS = 6;

/** Reads again when lines moved meanwhile. Throws `LinesMovedError` when they are never found. */
export async function untilSettled<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof LinesMovedError) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
