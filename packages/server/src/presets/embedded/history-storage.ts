/** The log of lines with its writing and its reading, a parts list: one SQLite file. */
import { join } from "node:path";
import { historyMigrations } from "../../../migrations/history.ts";
import { FolderBlobStore } from "../../adapters/fs/folder-blob-store.ts";
import { SystemClock } from "../../adapters/node/system-clock.ts";
import { ParquetSealedFormat } from "../../adapters/parquet/parquet-sealed-format.ts";
import { ScannedLineCounter } from "../../adapters/parquet/scanned-line-counter.ts";
import type { HistoryTables } from "../../adapters/sql/history-tables.ts";
import { JournaledHistoryLog } from "../../adapters/sql/journaled-history-log.ts";
import { SqlHistoryLog } from "../../adapters/sql/sql-history-log.ts";
import { SqlSealedPartStore } from "../../adapters/sql/sql-sealed-part-store.ts";
import { SqlStatisticsStore } from "../../adapters/sql/sql-statistics-store.ts";
import { openSqliteDatabase } from "../../adapters/sqlite/database.ts";
import { migrate } from "../../adapters/sqlite/migrate.ts";
import { HistoryActivity } from "../../modules/history/history-activity.ts";
import { HistoryIndexes } from "../../modules/history/history-index.ts";
import type { HistoryLog, RunKey } from "../../modules/history/history-log.ts";
import type { HistoryReader } from "../../modules/history/history-reader.ts";
import { LogHistoryReader } from "../../modules/history/log-history-reader.ts";
import { LogStreamIngest } from "../../modules/history/log-stream-ingest.ts";
import { LogMetricValues } from "../../modules/history/metric-values.ts";
import type { MetricValueReader } from "../../modules/history/metric-values.ts";
import { PartReader } from "../../modules/history/part-reader.ts";
import type { SealedPartStore } from "../../modules/history/sealed-part-store.ts";
import type { StreamIngest } from "../../modules/history/stream-ingest.ts";
import { TailIndexer } from "../../modules/history/tail-indexer.ts";
import type { RunStore } from "../../modules/runs/run-store.ts";

/** What these parts are, by name. */
export interface HistoryServices {
  readonly log: HistoryLog;
  readonly ingest: StreamIngest;
  readonly history: HistoryReader;
  readonly metricValues: MetricValueReader;
  readonly tailIndexer: TailIndexer;
  readonly sealedParts: SealedPartStore;
  /** The runs written to since it was last asked, for the sealer, how many lines that were, and whether more pour in. */
  readonly sealingActivity: {
    take(): Promise<readonly RunKey[]>;
    countLines(): Promise<number>;
    isBusy(): Promise<boolean>;
  };
}

/** What the parts are opened with. */
export interface HistoryParts {
  /** The data folder, which must exist and be locked. */
  readonly folder: string;
  /** Told what requests say of their runs. */
  readonly runs: Pick<RunStore, "applyStream" | "find">;
}

/** Open parts. */
export interface HistoryStorage {
  readonly services: HistoryServices;
  /** Finishes what runs and closes the file. */
  close(): Promise<void>;
}

/** Opens the parts. Throws `unavailable` when the folder cannot be written or was made by a newer version. */
export async function openHistoryStorage({ folder, runs }: HistoryParts): Promise<HistoryStorage> {
  await using cleanUp = new AsyncDisposableStack();
  const lines = openSqliteDatabase<HistoryTables>(join(folder, "history.sqlite"));
  cleanUp.defer(() => lines.close());
  await migrate(lines.db, historyMigrations);

  const blobs = FolderBlobStore.join({ folder: join(folder, "blobs"), clock: new SystemClock() });
  const parts = new PartReader({ blobs, format: new ParquetSealedFormat() });
  const log = new JournaledHistoryLog({ ...lines, log: new SqlHistoryLog({ ...lines, parts }) });
  const activity = new HistoryActivity();
  const sealingActivity = new HistoryActivity();
  const store = new SqlStatisticsStore(lines);
  const indexes = new HistoryIndexes({ log, parts, store, counter: new ScannedLineCounter() });
  const tailIndexer = new TailIndexer({ indexes, activity });
  cleanUp.defer(() => tailIndexer.close());
  const opened = cleanUp.move();
  return {
    services: {
      log,
      ingest: new LogStreamIngest({
        history: log,
        runs,
        activity: {
          note: (writes) => {
            activity.note(writes);
            sealingActivity.note(writes);
          },
        },
      }),
      history: new LogHistoryReader({ log, parts, indexes }),
      metricValues: new LogMetricValues({ log }),
      tailIndexer,
      sealedParts: new SqlSealedPartStore(lines),
      sealingActivity: {
        take: () => Promise.resolve(sealingActivity.take()),
        countLines: () => Promise.resolve(sealingActivity.untakenLines),
        isBusy: () => Promise.resolve(sealingActivity.isBusy),
      },
    },
    close: () => opened.disposeAsync(),
  };
}
