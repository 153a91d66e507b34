// A project of many runs: 20 config keys, some nested, and 30 summary keys, about 2 KB of JSON a run. Everything follows
// from a run's number, so that each size holds the smaller ones. Runs are written as the store's own rows, many to a
// statement, because one by one a million of them takes half an hour.
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { sql, type Kysely } from "kysely";
import { metadataMigrations } from "../../packages/server/migrations/metadata.ts";
import type { RunUpsert } from "../../packages/server/src/modules/runs/run-store.ts";
import { toColumns } from "../../packages/server/src/adapters/sql/run-rows.ts";
import { SqlProjectStore } from "../../packages/server/src/adapters/sql/sql-project-store.ts";
import { SqlUserStore } from "../../packages/server/src/adapters/sql/sql-user-store.ts";
import type { MetadataTables } from "../../packages/server/src/adapters/sql/tables.ts";
import { openSqliteDatabase } from "../../packages/server/src/adapters/sqlite/database.ts";
import { migrate } from "../../packages/server/src/adapters/sqlite/migrate.ts";

/** A data folder whose one project has `count` runs. */
export interface StoredRuns {
  readonly folder: string;
  readonly db: Kysely<MetadataTables>;
  readonly projectId: number;
  readonly userId: number;
  readonly count: number;
  close(): Promise<void>;
}

const rowsAStatement = 200;
const rowsATransaction = 20_000;

/**
 * Opens a data folder with so many runs below `parent`, writing it when it is not there; the summary of a run holds
 * `loss` and `acc`, its config `lr` (5 values) and `model.name` (20).
 */
export async function openStoredRuns(parent: string, count: number): Promise<StoredRuns> {
  const folder = join(parent, `runs-${count}`);
  if (!existsSync(folder)) {
    await rm(`${folder}.new`, { recursive: true, force: true });
    await mkdir(`${folder}.new`, { recursive: true });
    await writeRuns(`${folder}.new`, count);
    await rename(`${folder}.new`, folder);
  }
  const database = openSqliteDatabase<MetadataTables>(join(folder, "metadata.sqlite"));
  return { folder, db: database.db, projectId: 1, userId: 1, count, close: () => database.close() };
}

async function writeRuns(folder: string, count: number): Promise<void> {
  const database = openSqliteDatabase<MetadataTables>(join(folder, "metadata.sqlite"));
  const { db } = database;
  await migrate(db, metadataMigrations);
  const now = instantOf(0);
  const user = await new SqlUserStore({ db }).create({
    username: "ada",
    name: "Ada",
    email: null,
    isAdmin: false,
    accountType: "USER",
    createdAt: now,
  });
  const owner = { entityId: user.entityId, name: "table", userId: user.id, now };
  const { project } = await new SqlProjectStore({ db }).upsert(owner);
  // Loading is not what is measured.
  await sql`pragma synchronous = off`.execute(db);
  const startedAt = performance.now();
  for (let first = 0; first < count; first += rowsATransaction) {
    const last = Math.min(count, first + rowsATransaction);
    await db.transaction().execute(async (trx) => {
      for (let number = first; number < last; number += rowsAStatement) {
        const upserts = Array.from({ length: Math.min(rowsAStatement, last - number) }, (_, index) =>
          toUpsert(number + index, { projectId: project.id, userId: user.id }),
        );
        await trx.insertInto("runs").values(upserts.map(toRunRow)).execute();
        await trx.insertInto("run_configs").values(upserts.map(toConfigRow)).execute();
      }
    });
  }
  await db
    .insertInto("run_counters")
    .values({ project_id: project.id, last_run_id: count, last_seq: count, run_count: count })
    .execute();
  console.log(`  ${count} runs written in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  await database.close();
}

/** The rows that the store makes of a new run; its name ends in its number. */
function toRunRow(run: NumberedUpsert) {
  return {
    project_id: run.projectId,
    run_id: run.number + 1,
    seq: run.number + 1,
    name: run.name,
    display_name: run.defaultDisplayName,
    state: run.state ?? "running",
    is_stop_requested: 0,
    tags: "[]",
    summary: "{}",
    user_id: run.userId,
    created_at: run.now,
    updated_at: run.now,
    heartbeat_at: run.now,
    ...toColumns(run),
  } as const;
}

function toConfigRow(run: NumberedUpsert) {
  const { projectId, number, config = "{}" } = run;
  return { project_id: projectId, run_id: number + 1, seq: number + 1, config };
}

/** A run and its number. */
export type NumberedUpsert = RunUpsert & { readonly number: number };

/** One run as the client would send it. */
export function toUpsert(
  number: number,
  owner: { readonly projectId: number; readonly userId: number },
): NumberedUpsert {
  const name = `run${number.toString(36)}`;
  return {
    ...owner,
    number,
    name,
    now: instantOf(number),
    defaultDisplayName: `${pick(words, number, 1)}-${pick(words, number, 2)}-${number}`,
    state: pick(["finished", "finished", "finished", "crashed", "failed"] as const, number, 3),
    tags: number % 10 === 0 ? ["baseline", pick(words, number, 4)] : [],
    config: JSON.stringify(toConfig(number)),
    summary: JSON.stringify(toSummary(number)),
  };
}

function toConfig(number: number): object {
  const entries: Record<string, unknown> = {
    lr: pick([0.1, 0.03, 0.01, 0.003, 0.001], number, 5),
    batch_size: pick([16, 32, 64, 128], number, 6),
    seed: number,
    model: { name: `model-${Math.floor(chance(number, 7) * 20)}`, layers: 12, width: 768, dropout: 0.1 },
    data: {
      path: `/data/sets/${pick(words, number, 8)}`,
      workers: 4,
      shuffle: true,
      splits: [0.8, 0.1, 0.1],
    },
    optimizer: { name: pick(["adam", "sgd", "lion"], number, 9), betas: [0.9, 0.999], weight_decay: 0.01 },
    note: `trial ${number} of the ${pick(words, number, 10)} series`,
  };
  for (let key = 0; key < 13; key += 1) entries[`param_${key}`] = chance(number, 20 + key);
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, { value }]));
}

function toSummary(number: number): object {
  const summary: Record<string, unknown> = {
    loss: chance(number, 50) * 4,
    acc: chance(number, 51),
    _step: 1000 + (number % 977),
    _runtime: chance(number, 52) * 86_400,
    _timestamp: Date.parse(instantOf(number)) / 1000,
    best: { loss: chance(number, 53), epoch: number % 100 },
  };
  for (let key = 0; key < 24; key += 1) summary[`eval/metric_${key}`] = chance(number, 60 + key);
  return summary;
}

const words = [
  "amber",
  "brisk",
  "calm",
  "dune",
  "ember",
  "frost",
  "glade",
  "harbor",
  "iris",
  "jade",
] as const;

function pick<T>(items: readonly [T, ...T[]], number: number, salt: number): T {
  return items[Math.floor(chance(number, salt) * items.length)] ?? items[0];
}

/** A number in [0, 1) that only depends on its arguments. */
function chance(number: number, salt: number): number {
  let mixed = Math.imul(number + 1, 0x9e37_79b1) ^ Math.imul(salt, 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b_3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a_2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

function instantOf(number: number): string {
  return new Date(Date.UTC(2025, 0, 1) + number * 1000).toISOString();
}
