import { describeHistoryReader } from "@steelyard/testing/contracts";
import { SqlHistoryLog } from "../../adapters/sql/sql-history-log.ts";
import { openTemporaryHistory } from "../../adapters/sqlite/temporary.ts";
import { LogHistoryReader } from "./log-history-reader.ts";

describeHistoryReader("LogHistoryReader", async () => {
  const database = await openTemporaryHistory();
  const log = new SqlHistoryLog({ db: database.db });
  return { log, reader: new LogHistoryReader({ log }), close: () => database.close() };
});

describeHistoryReader("LogHistoryReader that keeps next to nothing", async () => {
  const database = await openTemporaryHistory();
  const log = new SqlHistoryLog({ db: database.db });
  return { log, reader: new LogHistoryReader({ log, maxBytes: 1 }), close: () => database.close() };
});
