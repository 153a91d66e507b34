// Turns answers into verdicts and verdicts into the cells of a table.
import type { Answer, CaseAnswers, Differences } from "./answers.ts";
import type { Case, CaseGroup } from "./cases/case.ts";

/** What became of one case, a sentence for each way of reading it. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  /** `scan_history()`. */
  readonly all: string;
  /** `scan_history(keys=…)`. */
  readonly keys: string;
  /** `download_history_exports()`. */
  readonly export: string;
  /** An example of each difference from the live path. */
  readonly examples: readonly string[];
}

/** The results of a group of cases. */
export interface GroupResult {
  readonly question: string;
  readonly cases: readonly CaseResult[];
}

/** The results of a group; throws when a case was not answered. */
export function toGroupResult(group: CaseGroup, answers: ReadonlyMap<string, CaseAnswers>): GroupResult {
  return {
    question: group.question,
    cases: group.cases.map((item) => {
      const answer = answers.get(item.name);
      if (answer === undefined) throw new Error(`no answers about ${item.name}`);
      return toCaseResult(item, answer);
    }),
  };
}

/** One answer in words. */
export function verdictOf(answer: Answer): string {
  if (answer.crashed === true) return "**crash**";
  if (answer.error !== undefined) return `error (${cleanError(answer.error)})`;
  if (answer.fromServed !== undefined) return describe(answer.fromServed) ?? countFiles(answer.files ?? 0);
  const fromLive = describe(answer.fromLive ?? {});
  if (fromLive === undefined) return "same";
  if (describe(answer.fromLogged ?? {}) !== undefined) return fromLive;
  return `as logged (live path: ${describe(answer.liveFromLogged ?? {}) ?? "same"})`;
}

function toCaseResult(item: Case, { answers }: CaseAnswers): CaseResult {
  const stage = item.next === undefined ? "" : "then: ";
  const about = (question: string): string =>
    cellOf(answers.filter((answer) => answer.question === stage + question));
  return {
    name: item.name,
    title: item.title,
    all: about("all"),
    keys: about("keys"),
    export: about("export"),
    examples: [...new Set(answers.flatMap(({ fromLive }) => Object.entries(fromLive ?? {}).map(toExample)))],
  };
}

function toExample([what, example]: readonly [string, string]): string {
  return example === "" ? what : `${what} – ${example}`;
}

/** One verdict where all agree, else each verdict with what it is about. */
function cellOf(answers: readonly Answer[]): string {
  const verdicts = Map.groupBy(answers, verdictOf);
  if (verdicts.size < 2) return [...verdicts.keys()][0] ?? "–";
  const label = labelOf(answers);
  return [...verdicts]
    .map(([verdict, parts]) => `${verdict}: ${[...new Set(parts.map(label))].join(", ")}`)
    .join("; ");
}

/** The shortest name for an answer that still tells the verdicts apart: its keys, the way of reading, or both. */
function labelOf(answers: readonly Answer[]): (answer: Answer) => string {
  const keysOf = ({ keys }: Answer): string => `[${(keys ?? []).join(", ")}]`;
  const wholeRun = answers.filter(({ how }) => !isWindow(how));
  const isOneWay = isDecidedBy(wholeRun, keysOf);
  const wayOf = ({ how }: Answer): string => (isOneWay && !isWindow(how) ? "whole run" : how);
  if (isDecidedBy(answers, keysOf)) return keysOf;
  if (isDecidedBy(answers, wayOf)) return wayOf;
  return (answer) => `${keysOf(answer)} ${wayOf(answer)}`;
}

function isDecidedBy(answers: readonly Answer[], label: (answer: Answer) => string): boolean {
  const parts = [...Map.groupBy(answers, label).values()];
  return parts.every((part) => new Set(part.map(verdictOf)).size === 1);
}

function isWindow(how: string): boolean {
  return how.startsWith("steps ");
}

function countFiles(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}

/** The differences without their examples, but with the key that is missing or too much. */
function describe(differences: Differences): string | undefined {
  const parts = Object.entries(differences).map(([what, example]) => {
    return what.includes("key") ? `${what} (${example.split(":")[0] ?? ""})` : what;
  });
  return parts.length === 0 ? undefined : parts.join(", ");
}

/** Without the folders and ports of this one run. */
function cleanError(text: string): string {
  const [first = ""] = text.split(" <- ");
  return first
    .replace(/ for file: \S+:/, ":")
    .replace(/^(?:CommError|WandbApiFailedError): (?=.)/, "")
    .replace(/:?\s*$/, "");
}
