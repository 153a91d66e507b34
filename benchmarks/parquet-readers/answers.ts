// What read_history.py reports, parsed: one entry for each question put to a run.
import type { RequestCounts } from "./fake-server.ts";

/** How two lists of rows differ: what, and an example; empty when they are equal. */
export type Differences = Readonly<Record<string, string>>;

/** The answer to one question. */
export interface Answer {
  /** "all", "keys" or "export"; after "then: " when the run had changed meanwhile. */
  readonly question: string;
  /** From the cache, over HTTP, a window… */
  readonly how: string;
  readonly keys: readonly string[] | null;
  /** Rows that came back. */
  readonly rows?: number;
  /** Files that were downloaded. */
  readonly files?: number;
  readonly error?: string;
  readonly crashed?: boolean;
  readonly seconds?: number;
  readonly liveSeconds?: number;
  readonly requests?: RequestCounts;
  readonly liveRequests?: RequestCounts;
  /** Against the live path of the same client. */
  readonly fromLive?: Differences;
  /** Against what was logged. */
  readonly fromLogged?: Differences;
  /** Downloaded files against those of the server. */
  readonly fromServed?: Differences;
  /** The live path itself against what was logged. */
  readonly liveFromLogged?: Differences;
}

/** Everything asked about one case. */
export interface CaseAnswers {
  readonly name: string;
  readonly answers: readonly Answer[];
}

/** Checks the outline; the rest is written by our own script. */
export function parseCaseAnswers(input: unknown): CaseAnswers {
  if (isCaseAnswers(input)) return input;
  throw new TypeError(`expected the answers about a case, found ${JSON.stringify(input).slice(0, 200)}`);
}

function isCaseAnswers(input: unknown): input is CaseAnswers {
  return (
    typeof input === "object" &&
    input !== null &&
    "name" in input &&
    typeof input.name === "string" &&
    "answers" in input &&
    Array.isArray(input.answers) &&
    input.answers.every((item: unknown) => typeof item === "object" && item !== null && "question" in item)
  );
}
