// A history with sealing for tests: a real database, real blobs and the real format, in a folder that goes away.
import { join } from "node:path";
import { CryptoIdSource } from "../node/crypto-id-source.ts";
import { SystemClock } from "../node/system-clock.ts";
import { FolderBlobStore } from "../fs/folder-blob-store.ts";
import { ParquetSealedFormat } from "../parquet/parquet-sealed-format.ts";
import { SqlHistoryLog } from "../sql/sql-history-log.ts";
import { SqlSealedPartStore } from "../sql/sql-sealed-part-store.ts";
import { SqlStatisticsStore } from "../sql/sql-statistics-store.ts";
import { HistoryIndexes } from "../../modules/history/history-index.ts";
import { LogHistoryReader } from "../../modules/history/log-history-reader.ts";
import { PartReader } from "../../modules/history/part-reader.ts";
import { PartSealer } from "../../modules/history/part-sealer.ts";
import type { SealRules } from "../../modules/history/seal-plan.ts";
import { openTemporaryHistory } from "./temporary.ts";

/** A history whose lines can be sealed at any moment. */
export interface TemporarySealing {
  readonly folder: string;
  readonly db: Awaited<ReturnType<typeof openTemporaryHistory>>["db"];
  readonly blobs: FolderBlobStore;
  readonly log: SqlHistoryLog;
  readonly store: SqlSealedPartStore;
  readonly statistics: SqlStatisticsStore;
  /** Seals streams by the rules that were given. */
  readonly sealer: PartSealer;
  /** A reader that knows nothing yet, as after a restart. */
  openReader(): LogHistoryReader;
  close(): Promise<void>;
}

/** Small parts, so that few lines make several. */
export const SMALL_PARTS: SealRules = { growingLines: 3, finishedLines: 1, partLines: 8, overlaidLines: 2 };

/** Opens an empty history. */
export async function openTemporarySealing(
  options: { readonly rules?: SealRules; readonly maxBytes?: number } = {},
): Promise<TemporarySealing> {
  const { rules = SMALL_PARTS, maxBytes = 64 * 1024 * 1024 } = options;
  const database = await openTemporaryHistory();
  const clock = new SystemClock();
  const secret = new Uint8Array(32);
  const blobs = await FolderBlobStore.open({ folder: join(database.folder, "blobs"), secret, clock });
  const format = new ParquetSealedFormat({ groupLines: rules.partLines < 100 ? 3 : 20_000 });
  const parts = new PartReader({ blobs, format, maxBytes });
  const log = new SqlHistoryLog({ ...database, parts });
  const store = new SqlSealedPartStore(database);
  const statistics = new SqlStatisticsStore(database);
  return {
    folder: database.folder,
    db: database.db,
    blobs,
    log,
    store,
    statistics,
    sealer: new PartSealer({ log, store, blobs, format, clock, ids: new CryptoIdSource(), rules }),
    openReader: () => {
      const fresh = new PartReader({ blobs, format, maxBytes });
      const freshLog = new SqlHistoryLog({ ...database, parts: fresh });
      const indexes = new HistoryIndexes({ log: freshLog, parts: fresh, store: statistics, maxBytes });
      return new LogHistoryReader({ log: freshLog, parts: fresh, indexes });
    },
    close: () => database.close(),
  };
}
