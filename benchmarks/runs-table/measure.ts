// Asks the questions of one size of project: cold (a store that knows nothing yet), warm, after updates, and the peer.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sql } from "kysely";
import { encodeCursor } from "../../packages/server/src/adapters/sql/run-cursor.ts";
import { SqlRunStore } from "../../packages/server/src/adapters/sql/sql-run-store.ts";
import { tableQuestions, type TableQuestion } from "./questions.ts";
import { toUpsert, type StoredRuns } from "./stored-runs.ts";

/** Times in milliseconds. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
}

/** What one question took. */
export interface QuestionResult {
  readonly title: string;
  /** How many runs match: the same for the store and its peer, which is checked. */
  readonly matches: number;
  /** A store that has read nothing. */
  readonly cold: Times;
  readonly warm: Times;
  /** With 200 runs changed since the question before; the time to write them is not in it. */
  readonly afterUpdates: Times;
  readonly peer: Times;
}

/** What one size took. */
export interface SizeResult {
  readonly runs: number;
  readonly loadSeconds: number;
  readonly questions: readonly QuestionResult[];
  /** Memory that a store keeps once it has answered all questions. */
  readonly keptMebibytes: number;
  /** The same for a store that was opened and asked nothing. */
  readonly keptMebibytesBefore: number;
}

const limit = 50;

/** Measures one size. Throws when the store and its peer disagree. */
export async function measureSize(
  stored: StoredRuns,
  repeats: { cold: number; warm: number },
): Promise<SizeResult> {
  const questions: QuestionResult[] = [];
  // Large enough for a million runs' texts, so that what is measured is the index and not its budget.
  const warmStore = new SqlRunStore({ db: stored.db, maxBytes: 1024 ** 3 });
  const keptMebibytesBefore = keptMebibytes();
  for (const question of tableQuestions) {
    const result = await measureQuestion(stored, warmStore, question, repeats);
    questions.push(result);
    const { cold, warm, afterUpdates, peer } = result;
    console.log(
      `  ${question.title}: cold ${cold.p50.toFixed(0)}, warm ${warm.p50.toFixed(1)} (${warm.p95.toFixed(1)}), ` +
        `after updates ${afterUpdates.p50.toFixed(1)}, peer ${peer.p50.toFixed(0)} ms; ${result.matches} match`,
    );
  }
  const kept = keptMebibytes();
  // The store is asked once more, so that it is still there when memory is looked at.
  await warmStore.count({ projectId: stored.projectId, filter: null });
  return {
    runs: stored.count,
    loadSeconds: stored.loadSeconds,
    questions,
    keptMebibytes: kept,
    keptMebibytesBefore,
  };
}

async function measureQuestion(
  stored: StoredRuns,
  warmStore: SqlRunStore,
  question: TableQuestion,
  repeats: { readonly cold: number; readonly warm: number },
): Promise<QuestionResult> {
  const cold = await timesOf(repeats.cold, () =>
    ask(new SqlRunStore({ db: stored.db, maxBytes: 1024 ** 3 }), stored, question),
  );
  const matches = await ask(warmStore, stored, question);
  const warm = await timesOf(repeats.warm, () => ask(warmStore, stored, question));
  const afterUpdates = await timesOf(
    5,
    () => ask(warmStore, stored, question),
    () => update(warmStore, stored),
  );
  const peerMatches = await askPeer(warmStore, stored, question);
  if (!question.isDeep && peerMatches !== matches) {
    throw new Error(`${question.title}: the store finds ${matches} runs, SQLite ${peerMatches}`);
  }
  const peer = await timesOf(repeats.cold, () => askPeer(warmStore, stored, question));
  return { title: question.title, matches, cold, warm, afterUpdates, peer };
}

/** Asks the store and gives the exact total. */
async function ask(store: SqlRunStore, { projectId }: StoredRuns, question: TableQuestion): Promise<number> {
  const filter = JSON.stringify(question.filter);
  if (question.isCount) return store.count({ projectId, filter });
  const { order, isDeep } = question;
  const after = isDeep ? encodeCursor(order, { values: [2], runId: 1 }) : null;
  const page = await store.query({ projectId, filter, order, after, limit });
  if (!isDeep && page.runs.length !== Math.min(limit, page.totalCount))
    throw new Error(`${question.title}: ${page.runs.length} runs on the page`);
  return page.totalCount;
}

/** Scans the JSON texts in SQL; the page's runs are then read as the store reads them. */
async function askPeer(
  store: SqlRunStore,
  { db, projectId }: StoredRuns,
  { isCount, where, orderBy }: TableQuestion,
): Promise<number> {
  const from = sql`from runs r join run_configs c on c.project_id = r.project_id and c.run_id = r.run_id
    where r.project_id = ${projectId} and ${where}`;
  if (isCount) {
    const counted = await sql<{ total: number }>`select count(*) as total ${from}`.execute(db);
    return counted.rows[0]?.total ?? 0;
  }
  const found = await sql<{ run_id: number; total: number }>`
    select r.run_id, count(*) over () as total ${from} order by ${orderBy}, r.run_id limit ${limit}`.execute(
    db,
  );
  await store.findMany({ projectId, runIds: found.rows.map((row) => row.run_id) });
  return found.rows[0]?.total ?? 0;
}

/** Writes the summaries of 200 runs again. */
async function update(store: SqlRunStore, stored: StoredRuns): Promise<void> {
  const { projectId, userId, count } = stored;
  await store.applyStream(
    Array.from({ length: 200 }, (_, index) => {
      const number = Math.floor((index * count) / 200);
      const { summary = "{}", now } = toUpsert(number, { projectId, userId });
      return { projectId, runId: number + 1, now, summary, hasHistory: false };
    }),
  );
}

async function timesOf(
  count: number,
  act: () => Promise<unknown>,
  before: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Times> {
  const times: number[] = [];
  for (let repeat = 0; repeat < count; repeat += 1) {
    await before();
    const startedAt = performance.now();
    await act();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

function keptMebibytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") Reflect.apply(collect, undefined, []);
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024 ** 2;
}
