// Asks the questions of one size of project: cold (a process that just started), warm, after updates, and the peer.
import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "kysely";
import { SegmentBuilder } from "../../packages/server/src/adapters/sql/segment-builder.ts";
import { SqlRunStore } from "../../packages/server/src/adapters/sql/sql-run-store.ts";
import { openIndexStorage } from "../../packages/server/src/presets/embedded/index-storage.ts";
import type { IndexStorage } from "../../packages/server/src/presets/embedded/index-storage.ts";
import { ask, pageSize } from "./ask.ts";
import { tableQuestions, type TableQuestion } from "./questions.ts";
import { openStoredRuns, toUpsert, type StoredRuns } from "./stored-runs.ts";

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
  /** A process that just started, with columns kept in segments. */
  readonly cold: Times;
  /** The same without segments: every run's texts are read. Asked once; null where that takes too long. */
  readonly coldWithoutSegmentsMs: number | null;
  readonly warm: Times;
  /** With 200 runs changed since the question before; the time to write them is not in it. */
  readonly afterUpdates: Times;
  /** SQLite's own scan of the same texts. */
  readonly peer: Times;
}

/** What one size took. */
export interface SizeResult {
  readonly runs: number;
  readonly questions: readonly QuestionResult[];
  readonly segments: SegmentResult;
  /** Resident memory of a process that answered all questions, and of the same before the first. */
  readonly mebibytes: number;
  readonly mebibytesBefore: number;
}

/** What it takes to keep columns. */
export interface SegmentResult {
  /** Building all segments without a pause, on one processor; null when they were there. */
  readonly buildSeconds: number | null;
  readonly mebibytes: number;
  readonly metadataMebibytes: number;
}

/** How often each is asked. */
export interface Repeats {
  readonly cold: number;
  readonly warm: number;
  readonly peer: number;
  /** How many of the questions are asked without segments. */
  readonly withoutSegments: number;
}

/** Measures one size. Throws when the store and its peer disagree. */
export async function measureSize(parent: string, runs: number, repeats: Repeats): Promise<SizeResult> {
  const stored = await openStoredRuns(parent, runs);
  const indexPath = join(stored.folder, "index.sqlite");
  const index = await openIndexStorage(stored.folder);
  const buildSeconds = await build(stored, index);
  const segments = {
    buildSeconds,
    mebibytes: sizeOf(indexPath),
    metadataMebibytes: sizeOf(join(stored.folder, "metadata.sqlite")),
  };
  const warmStore = new SqlRunStore({ ...stored, ...index });
  const questions: QuestionResult[] = [];
  // Before anything is updated, so that no process has updates to take in first.
  const cold: ColdResult[] = [];
  for (const number of tableQuestions.keys()) cold.push(await measureCold(parent, runs, number, repeats));
  const { mebibytes, mebibytesBefore } = await askCold(parent, runs, []);
  for (const [number, coldResult] of cold.entries()) {
    questions.push(await measureQuestion({ stored, warmStore, number, repeats, coldResult }));
  }
  await index.close();
  await stored.close();
  return { runs, questions, segments, mebibytes, mebibytesBefore };
}

async function build(stored: StoredRuns, index: IndexStorage): Promise<number | null> {
  const builder = new SegmentBuilder({ ...stored, ...index });
  const { size } = await index.segments.progress();
  if (size > 0) return null;
  const startedAt = performance.now();
  for (let due = await builder.findDue(); due !== undefined; due = await builder.findDue()) {
    for (const segment of due.segments) await builder.build(due, segment);
    await builder.finish(due);
  }
  return (performance.now() - startedAt) / 1000;
}

type ColdResult = Pick<QuestionResult, "cold" | "coldWithoutSegmentsMs">;

async function measureCold(
  parent: string,
  runs: number,
  number: number,
  repeats: Repeats,
): Promise<ColdResult> {
  const only = ["--question", String(number)];
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats.cold; repeat += 1) {
    times.push((await askCold(parent, runs, only)).times[0] ?? NaN);
  }
  const isAskedWithout = number < repeats.withoutSegments;
  const unkept = isAskedWithout ? await askCold(parent, runs, [...only, "--without-segments"]) : undefined;
  return { cold: toTimes(times), coldWithoutSegmentsMs: unkept?.times[0] ?? null };
}

async function measureQuestion(asked: {
  readonly stored: StoredRuns;
  readonly warmStore: SqlRunStore;
  readonly number: number;
  readonly repeats: Repeats;
  readonly coldResult: ColdResult;
}): Promise<QuestionResult> {
  const { stored, warmStore, number, repeats, coldResult } = asked;
  const question = tableQuestions[number];
  if (question === undefined) throw new Error(`no question ${number}`);
  const { projectId } = stored;
  const matches = await ask(warmStore, projectId, question);
  const warm = await timesOf(repeats.warm, () => ask(warmStore, projectId, question));
  const afterUpdates = await timesOf(
    5,
    () => ask(warmStore, projectId, question),
    () => update(warmStore, stored),
  );
  const peerMatches = await askPeer(warmStore, stored, question);
  if (!question.isDeep && peerMatches !== matches) {
    throw new Error(`${question.title}: the store finds ${matches} runs, SQLite ${peerMatches}`);
  }
  const peer = await timesOf(repeats.peer, () => askPeer(warmStore, stored, question));
  const { cold, coldWithoutSegmentsMs } = coldResult;
  console.log(
    `  ${question.title}: cold ${cold.p50.toFixed(0)} (without segments ${coldWithoutSegmentsMs?.toFixed(0) ?? "-"}), ` +
      `warm ${warm.p50.toFixed(1)} (${warm.p95.toFixed(1)}), after updates ${afterUpdates.p50.toFixed(1)}, ` +
      `peer ${peer.p50.toFixed(0)} ms; ${matches} match`,
  );
  return { title: question.title, matches, cold, coldWithoutSegmentsMs, warm, afterUpdates, peer };
}

interface ColdAnswer {
  readonly times: readonly number[];
  readonly mebibytes: number;
  readonly mebibytesBefore: number;
}

async function askCold(parent: string, runs: number, more: readonly string[]): Promise<ColdAnswer> {
  const script = join(import.meta.dirname, "cold.ts");
  const answered = await promisify(execFile)(process.execPath, [
    script,
    "--parent",
    parent,
    "--runs",
    String(runs),
    ...more,
  ]);
  // Printed by the script beside this one.
  return JSON.parse(answered.stdout) as ColdAnswer;
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
    select r.run_id, count(*) over () as total ${from} order by ${orderBy}, r.run_id limit ${pageSize}`.execute(
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
  return toTimes(times);
}

function toTimes(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95) };
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size / 1024 ** 2 : 0;
}
