/** The stores of the embedded preset, a parts list: SQLite for everything that is not bytes of files. */
import { join } from "node:path";
import { historyMigrations } from "../../../migrations/history.ts";
import { metadataMigrations } from "../../../migrations/metadata.ts";
import type { HistoryTables } from "../../adapters/sql/history-tables.ts";
import { SqlAlertStore } from "../../adapters/sql/sql-alert-store.ts";
import { SqlArtifactStore } from "../../adapters/sql/sql-artifact-store.ts";
import { SqlChangeFeed } from "../../adapters/sql/sql-change-feed.ts";
import { SqlEntityStore } from "../../adapters/sql/sql-entity-store.ts";
import { SqlFileStore } from "../../adapters/sql/sql-file-store.ts";
import { SqlHistoryLog } from "../../adapters/sql/sql-history-log.ts";
import { SqlProjectMemberStore } from "../../adapters/sql/sql-project-member-store.ts";
import { SqlProjectStore } from "../../adapters/sql/sql-project-store.ts";
import { SqlRunStore } from "../../adapters/sql/sql-run-store.ts";
import { SqlStatisticsStore } from "../../adapters/sql/sql-statistics-store.ts";
import { SqlTaskQueue } from "../../adapters/sql/sql-task-queue.ts";
import { SqlUserStore } from "../../adapters/sql/sql-user-store.ts";
import type { MetadataTables } from "../../adapters/sql/tables.ts";
import { openSqliteDatabase } from "../../adapters/sqlite/database.ts";
import { lockFolder } from "../../adapters/sqlite/folder-lock.ts";
import { migrate } from "../../adapters/sqlite/migrate.ts";
import type { AlertStore } from "../../modules/alerts/alert-store.ts";
import type { ArtifactStore } from "../../modules/artifacts/artifact-store.ts";
import type { EntityStore } from "../../modules/entities/entity-store.ts";
import type { FileStore } from "../../modules/files/file-store.ts";
import { HistoryActivity } from "../../modules/history/history-activity.ts";
import { HistoryIndexes } from "../../modules/history/history-index.ts";
import type { HistoryLog } from "../../modules/history/history-log.ts";
import type { HistoryReader } from "../../modules/history/history-reader.ts";
import { LogHistoryReader } from "../../modules/history/log-history-reader.ts";
import { LogStreamIngest } from "../../modules/history/log-stream-ingest.ts";
import { TailIndexer } from "../../modules/history/tail-indexer.ts";
import type { StreamIngest } from "../../modules/history/stream-ingest.ts";
import type { ProjectMemberStore } from "../../modules/projects/project-member-store.ts";
import type { ProjectStore } from "../../modules/projects/project-store.ts";
import type { RunStore } from "../../modules/runs/run-store.ts";
import type { UserStore } from "../../modules/users/user-store.ts";
import type { ChangeFeed } from "../../ports/change-feed.ts";
import type { TaskQueue } from "../../ports/task-queue.ts";

/** What the storage thread serves, by name. */
export interface StorageServices {
  readonly users: UserStore;
  readonly entities: EntityStore;
  readonly projects: ProjectStore;
  readonly members: ProjectMemberStore;
  readonly runs: RunStore;
  readonly files: FileStore;
  readonly alerts: AlertStore;
  readonly artifacts: ArtifactStore;
  readonly log: HistoryLog;
  readonly ingest: StreamIngest;
  readonly history: HistoryReader;
  readonly tailIndexer: TailIndexer;
  readonly feed: ChangeFeed;
  readonly tasks: TaskQueue;
}

/** Open stores. */
export interface Storage {
  readonly services: StorageServices;
  /** Finishes what runs, closes the files and lets another server have the folder. */
  close(): Promise<void>;
}

/**
 * Opens the stores of a data folder, which must exist.
 *
 * @throws {ServerError} `conflict` when another server uses the folder, `unavailable` when it cannot be written or
 * was made by a newer version.
 */
export async function openStorage(folder: string): Promise<Storage> {
  await using cleanUp = new AsyncDisposableStack();
  const lock = lockFolder(folder);
  cleanUp.defer(() => lock.release());
  const metadata = openSqliteDatabase<MetadataTables>(join(folder, "metadata.sqlite"));
  cleanUp.defer(() => metadata.close());
  const lines = openSqliteDatabase<HistoryTables>(join(folder, "history.sqlite"));
  cleanUp.defer(() => lines.close());
  await migrate(metadata.db, metadataMigrations);
  await migrate(lines.db, historyMigrations);

  const log = new SqlHistoryLog(lines);
  const activity = new HistoryActivity();
  const indexes = new HistoryIndexes({ log, store: new SqlStatisticsStore(lines) });
  const tailIndexer = new TailIndexer({ indexes, activity });
  cleanUp.defer(() => tailIndexer.close());
  const history = new LogHistoryReader({ log, indexes });
  const runs = new SqlRunStore({
    ...metadata,
    historyKeys: async (keys) => (await history.keysOf({ runs: keys })).map((each) => ({ ...each })),
  });
  const opened = cleanUp.move();
  return {
    services: {
      users: new SqlUserStore(metadata),
      entities: new SqlEntityStore(metadata),
      projects: new SqlProjectStore(metadata),
      members: new SqlProjectMemberStore(metadata),
      runs,
      files: new SqlFileStore(metadata),
      alerts: new SqlAlertStore(metadata),
      artifacts: new SqlArtifactStore(metadata),
      log,
      ingest: new LogStreamIngest({ history: log, runs, activity }),
      history,
      tailIndexer,
      feed: new SqlChangeFeed(metadata),
      tasks: new SqlTaskQueue(metadata),
    },
    close: () => opened.disposeAsync(),
  };
}
