/** Where the client reports what a caller may want to see but need not handle. */

/** A sink for messages; `console` and pino fit after a small adapter. Fields never hold secrets. */
export interface Logger {
  /** Every attempt, retry and wait. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Something that will be noticed, such as an unreadable netrc file. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Says nothing; the default. */
export const SILENT_LOGGER: Logger = { debug: () => undefined, warn: () => undefined };
