/** Entry of the sealing thread: reads lines by a connection of its own, and leaves every change to the storage threads. */
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { FolderBlobStore } from "../../adapters/fs/folder-blob-store.ts";
import { CryptoIdSource } from "../../adapters/node/crypto-id-source.ts";
import { giveBackMemoryWhenIdle } from "../../adapters/node/give-back-memory.ts";
import { SystemClock } from "../../adapters/node/system-clock.ts";
import { ParquetSealedFormat } from "../../adapters/parquet/parquet-sealed-format.ts";
import type { HistoryTables } from "../../adapters/sql/history-tables.ts";
import { SqlHistoryLog } from "../../adapters/sql/sql-history-log.ts";
import { openSqliteReader } from "../../adapters/sqlite/database.ts";
import { canGiveWay, giveWay } from "../../adapters/threads/give-way.ts";
import { createRemote } from "../../adapters/threads/create-remote.ts";
import { serveServices } from "../../adapters/threads/serve-services.ts";
import { PartReader } from "../../modules/history/part-reader.ts";
import { PartSealer } from "../../modules/history/part-sealer.ts";
import { Sealer } from "../../modules/history/sealer.ts";
import type { SealingCalls, SealingData, SealingService } from "./sealing-thread.ts";

if (parentPort === null) throw new Error("sealing-worker.ts runs as a worker thread only");

giveWay();

// The thread is started by sealing-thread.ts alone; Node does not keep the type.
const { folder, calls, rules } = workerData as SealingData;

/** What is read is merged parts and the columns of none, so little needs to be kept. */
const CACHE_BYTES = 8 * 1024 * 1024;

const clock = new SystemClock();
const blobs = FolderBlobStore.join({ folder: join(folder, "blobs"), clock });
const format = new ParquetSealedFormat();
const lines = openSqliteReader<HistoryTables>(join(folder, "history.sqlite"), { cacheBytes: CACHE_BYTES });
const log = new SqlHistoryLog({
  db: lines.db,
  parts: new PartReader({ blobs, format, maxBytes: CACHE_BYTES }),
});
const store = createRemote<SealingCalls, "sealedParts">(calls, "sealedParts");
/** A thread that gives way need not rest so that others get on; disk and storage thread still get some. */
const restFactor = canGiveWay ? 0.1 : 1;
const common = { store, blobs, clock, rules };
const sealer = new Sealer({
  ...common,
  restFactor,
  sealer: new PartSealer({
    ...common,
    log,
    format,
    ids: new CryptoIdSource(),
  }),
  runs: createRemote<SealingCalls, "runs">(calls, "runs"),
  activity: createRemote<SealingCalls, "sealingActivity">(calls, "sealingActivity"),
});

let stop = new AbortController();
const sealing: SealingService = {
  round: () => {
    stop = new AbortController();
    return sealer.round(stop.signal);
  },
  stop: () => {
    stop.abort();
    return Promise.resolve();
  },
  close: () => lines.close(),
};
serveServices(parentPort, { sealing });
giveBackMemoryWhenIdle();
