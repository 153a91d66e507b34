/** The one source of the time, so that rules about time can be tested. */
export interface Clock {
  /** The present instant as ISO 8601 text in UTC with milliseconds. */
  now(): string;
}
