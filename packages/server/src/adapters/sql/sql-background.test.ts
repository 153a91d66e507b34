import {
  describeChangeFeed,
  describeTaskQueue,
  type ChangeFeedUnderTest,
} from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { appendEvents } from "./outbox.ts";
import { SqlChangeFeed } from "./sql-change-feed.ts";
import { SqlTaskQueue } from "./sql-task-queue.ts";

describeTaskQueue("SqlTaskQueue on SQLite", async () => {
  const database = await openTemporaryMetadata();
  return { tasks: new SqlTaskQueue(database), close: () => database.close() };
});

async function createFeed(isSignalled: boolean): Promise<ChangeFeedUnderTest> {
  const database = await openTemporaryMetadata();
  const { db, commits } = database;
  return {
    feed: new SqlChangeFeed({ db, ...(isSignalled && { commits }) }),
    append: (events) => db.transaction().execute((trx) => appendEvents(trx, events)),
    close: () => database.close(),
  };
}

describeChangeFeed("SqlChangeFeed on SQLite", () => createFeed(true));
describeChangeFeed("SqlChangeFeed that hears of no commits", () => createFeed(false));
