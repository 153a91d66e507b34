// A process that just started: opens the data folder, asks questions once each and prints what the first answer took,
// then what one takes when all have been asked, and the memory in use.
import { parseArgs } from "node:util";
import { openIndexStorage } from "../../packages/server/src/presets/embedded/index-storage.ts";
import { SqlRunStore } from "../../packages/server/src/adapters/sql/sql-run-store.ts";
import { ask } from "./ask.ts";
import { tableQuestions } from "./questions.ts";
import { openStoredRuns } from "./stored-runs.ts";

const { values } = parseArgs({
  options: {
    parent: { type: "string", default: "" },
    runs: { type: "string", default: "0" },
    question: { type: "string" },
    "without-segments": { type: "boolean", default: false },
  },
});

const stored = await openStoredRuns(values.parent, Number(values.runs));
const index = await openIndexStorage(stored.folder);
const segments = values["without-segments"] ? undefined : index.segments;
const store = new SqlRunStore({ db: stored.db, segments });
const questions =
  values.question === undefined ? tableQuestions : tableQuestions.slice(Number(values.question)).slice(0, 1);
const mebibytesBefore = process.memoryUsage.rss() / 1024 ** 2;
const times: number[] = [];
for (const question of questions) {
  const startedAt = performance.now();
  await ask(store, stored.projectId, question);
  times.push(performance.now() - startedAt);
}
const mebibytes = process.memoryUsage.rss() / 1024 ** 2;
console.log(JSON.stringify({ times, mebibytes, mebibytesBefore }));
await index.close();
await stored.close();
