// Which Parquet files do the Python clients read as they read live rows? Runs every case with the installed clients
// against a server of a few queries and writes README.md and last-results.json. With a regular expression for names of
// cases it prints those and writes nothing; with an interpreter after it, it asks the client that is installed there.
import { prepareVenv, venvPython } from "../../e2e/python/venv.ts";
import type { CaseAnswers } from "./answers.ts";
import { cacheCases } from "./cases/caches.ts";
import type { Case, CaseGroup } from "./cases/case.ts";
import { sparseCases } from "./cases/sparse.ts";
import { stepCases } from "./cases/steps.ts";
import { storageCases } from "./cases/storage.ts";
import { tailCases } from "./cases/tails.ts";
import { timingCases } from "./cases/timing.ts";
import { valueCases } from "./cases/values.ts";
import { startFakeServer } from "./fake-server.ts";
import { readWithPython } from "./python-reader.ts";
import { writeReport, type TimedCase } from "./report.ts";
import { toGroupResult, verdictOf } from "./results.ts";

const newest = "0.30.0";
const older = "0.22.1";
const pythons = [venvPython(newest), venvPython(older)];
/** The client without a reader for files needs only a few: it asks the same questions whatever is handed out. */
const olderNames = ["codec-zstd", "sparse-nullable", "tail-first"];

const groups: readonly CaseGroup[] = [
  storageCases,
  valueCases,
  sparseCases,
  tailCases,
  stepCases,
  cacheCases,
];

const [pattern, interpreter] = process.argv.slice(2);
await prepareVenv(newest);
await prepareVenv(older);
if (pattern === undefined) await proveAll();
else await printSome(new RegExp(pattern), interpreter === undefined ? pythons : [interpreter]);

async function proveAll(): Promise<void> {
  const startedAt = Date.now();
  const timing = timingCases();
  const allCases = [...groups, timing].flatMap(({ cases }) => cases);
  const answers = await read(venvPython(newest), allCases);
  const olderCases = groups.flatMap(({ cases }) => cases).filter(({ name }) => olderNames.includes(name));
  const olderAnswers = await read(venvPython(older), olderCases);
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  await writeReport({
    groups: groups.map((group) => toGroupResult(group, answers)),
    timing: toTimed(timing.cases, answers),
    olderClient: toTimed(olderCases, olderAnswers),
    seconds,
  });
  console.log(`README.md and last-results.json are written (${seconds} s)`);
}

async function printSome(names: RegExp, interpreters: readonly string[]): Promise<void> {
  const cases = [...groups, timingCases()]
    .flatMap((group) => group.cases)
    .filter(({ name }) => names.test(name));
  for (const python of interpreters) {
    for (const { name, answers } of (await read(python, cases)).values()) {
      console.log(`${python} ${name}`);
      for (const answer of answers) {
        const keys = answer.keys === null ? "" : ` [${answer.keys.join(", ")}]`;
        console.log(`  ${answer.question}${keys}, ${answer.how}: ${verdictOf(answer)}`);
        console.log(`    ${JSON.stringify(answer)}`);
      }
    }
  }
}

/** The answers by the names of the cases. */
async function read(python: string, cases: readonly Case[]): Promise<ReadonlyMap<string, CaseAnswers>> {
  // A server of its own, because cases change while they are read.
  await using server = await startFakeServer(cases);
  const answers = await readWithPython(python, server.url, cases);
  return new Map(answers.map((answer) => [answer.name, answer]));
}

function toTimed(cases: readonly Case[], answers: ReadonlyMap<string, CaseAnswers>): TimedCase[] {
  return cases.map(({ name, title }) => ({ title, answers: answers.get(name)?.answers ?? [] }));
}
