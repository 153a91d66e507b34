import { describeHistoryLog } from "@steelyard/testing/contracts";
import { openTemporaryHistory } from "../sqlite/temporary.ts";
import { SqlHistoryLog } from "./sql-history-log.ts";

describeHistoryLog("SqlHistoryLog on SQLite", async () => {
  const database = await openTemporaryHistory();
  return { log: new SqlHistoryLog({ db: database.db }), close: () => database.close() };
});
