import { describeHistoryReader } from "@steelyard/testing/contracts";
import type { HistoryReaderUnderTest } from "@steelyard/testing/contracts";
import { SqlHistoryLog } from "../../adapters/sql/sql-history-log.ts";
import { SqlStatisticsStore } from "../../adapters/sql/sql-statistics-store.ts";
import { openTemporaryHistory } from "../../adapters/sqlite/temporary.ts";
import { HistoryIndexes } from "./history-index.ts";
import { LogHistoryReader } from "./log-history-reader.ts";

async function openReader(maxBytes: number): Promise<HistoryReaderUnderTest> {
  const database = await openTemporaryHistory();
  const log = new SqlHistoryLog({ db: database.db });
  const indexes = new HistoryIndexes({ log, store: new SqlStatisticsStore(database), maxBytes });
  return { log, reader: new LogHistoryReader({ log, indexes }), close: () => database.close() };
}

describeHistoryReader("LogHistoryReader", () => openReader(64 * 1024 * 1024));

describeHistoryReader("LogHistoryReader that keeps next to nothing", () => openReader(1));
