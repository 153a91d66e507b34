// Writes what the proof found: last-results.json, and the tables of README.md between its marks.
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { format } from "prettier";
import type { Answer } from "./answers.ts";
import type { GroupResult } from "./results.ts";

/** Everything that one run of the proof found. */
export interface Report {
  readonly groups: readonly GroupResult[];
  readonly timing: readonly TimedCase[];
  readonly olderClient: readonly TimedCase[];
  /** How long all of it took. */
  readonly seconds: number;
}

/** The answers about a large run, or those of the client that has no reader for files. */
export interface TimedCase {
  readonly title: string;
  readonly answers: readonly Answer[];
}

const readmeFile = new URL("README.md", import.meta.url);
const resultsFile = new URL("last-results.json", import.meta.url);
const start = "<!-- results: written by run.ts -->";
const end = "<!-- end of results -->";

/** Writes both files. Throws when README.md lacks the marks. */
export async function writeReport(report: Report): Promise<void> {
  const machine = { node: process.version, cores: availableParallelism() };
  const json = JSON.stringify({ machine, ...report });
  await writeFile(resultsFile, await format(json, { parser: "json", printWidth: 110 }));
  const readme = await readFile(readmeFile, "utf8");
  const [before, rest] = readme.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md has no "${start}" … "${end}"`);
  const text = `${before}${start}\n\n${toMarkdown(report)}\n\n${end}${after}`;
  await writeFile(readmeFile, await format(text, { parser: "markdown", printWidth: 110 }));
}

/** The tables. */
export function toMarkdown({ groups, timing, olderClient }: Report): string {
  return [
    ...groups.map(({ question, cases }) =>
      [
        `### ${question}`,
        table(
          ["handed out", "`scan_history()`", "`scan_history(keys)`", "`download_history_exports()`"],
          cases.map((item) => [item.title, item.all, item.keys, item.export]),
        ),
      ].join("\n\n"),
    ),
    "### Time for large runs of 20 metrics, as a share of the live path's",
    table(
      ["handed out", "question", "time ÷ live", "requests", "MB"],
      timing.flatMap(({ title, answers }) =>
        answers.filter(({ rows }) => rows !== undefined).map(timeRow(title)),
      ),
    ),
    "### Client 0.22.1",
    table(
      ["run", "question", "against what was logged", "operations sent"],
      olderClient.flatMap(({ title, answers }) =>
        answers.map((answer) => [
          title,
          questionOf(answer),
          Object.keys(answer.fromLogged ?? {}).join(", ") || "same",
          Object.keys(answer.requests ?? {}).join(", "),
        ]),
      ),
    ),
  ].join("\n\n");
}

function timeRow(title: string): (answer: Answer) => string[] {
  return (answer) => {
    const requests = Object.entries(answer.requests ?? {})
      .filter(([kind]) => kind.includes(" "))
      .map(([kind, count]) => `${count} ${kind}`);
    return [
      title,
      `${questionOf(answer)}, ${answer.how}`,
      ((answer.seconds ?? NaN) / (answer.liveSeconds ?? NaN)).toFixed(2),
      requests.join(", ") || "none",
      ((answer.requests?.["bytes"] ?? 0) / 1e6).toFixed(1),
    ];
  };
}

function questionOf({ keys }: Answer): string {
  if (keys === null) return "all rows";
  return keys.length === 1 ? "one key" : `${keys.length} keys`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
