import {
  describeLaunchAgentStore,
  describeRunQueueItemStore,
  describeRunQueueStore,
} from "@steelyard/testing/contracts";
import type { LaunchUnderTest } from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlEntityStore } from "./sql-entity-store.ts";
import { SqlLaunchAgentStore } from "./sql-launch-agent-store.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlRunQueueItemStore } from "./sql-run-queue-item-store.ts";
import { SqlRunQueueStore } from "./sql-run-queue-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";

async function create(): Promise<LaunchUnderTest> {
  const database = await openTemporaryMetadata();
  return {
    users: new SqlUserStore(database),
    entities: new SqlEntityStore(database),
    projects: new SqlProjectStore(database),
    runQueues: new SqlRunQueueStore(database),
    runQueueItems: new SqlRunQueueItemStore(database),
    launchAgents: new SqlLaunchAgentStore(database),
    close: () => database.close(),
  };
}

describeRunQueueStore("SqlRunQueueStore on SQLite", create);
describeRunQueueItemStore("SqlRunQueueItemStore on SQLite", create);
describeLaunchAgentStore("SqlLaunchAgentStore on SQLite", create);
