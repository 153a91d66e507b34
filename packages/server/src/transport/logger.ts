/** Where the server reports what happens: JSON lines on standard error, without secrets. */
import { destination, pino } from "pino";
import type { Logger } from "pino";

const STANDARD_ERROR = 2;

/** Places in which a secret could stand if somebody logged a whole request or body. */
const SECRETS = [
  "authorization",
  "headers.authorization",
  "*.headers.authorization",
  "apiKey",
  "*.apiKey",
  "password",
  "*.password",
];

/** A logger that reports what is at least as grave as `level`, one of pino's names or `silent`. */
export function createLogger(level: string): Logger {
  return pino(
    { level, redact: { paths: SECRETS, remove: true } },
    destination({ fd: STANDARD_ERROR, sync: true }),
  );
}
