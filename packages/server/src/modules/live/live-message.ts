/** What is sent to those who watch. */

/** A message: a named event, or nothing but a sign of life. */
export type LiveMessage =
  | {
      readonly event: string;
      /** JSON text. */
      readonly data: string;
      /** Where the reader stands with it. */
      readonly id: string;
    }
  | { readonly event: null };

/** A sign of life. */
export const HEARTBEAT: LiveMessage = { event: null };

/** While nothing happens, a sign of life so often: well below the time after which clients think a server silent. */
export const HEARTBEAT_MS = 5_000;
