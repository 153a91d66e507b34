import { describeSweepStores } from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlRunStore } from "./sql-run-store.ts";
import { SqlSweepAgentStore } from "./sql-sweep-agent-store.ts";
import { SqlSweepRunStore } from "./sql-sweep-run-store.ts";
import { SqlSweepStore } from "./sql-sweep-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";

const NOW = "2026-03-01T09:00:00.000Z";

describeSweepStores("The stores of sweeps on SQLite", async () => {
  const database = await openTemporaryMetadata();
  const user = await new SqlUserStore(database).create({
    username: "ann",
    name: "Ann",
    email: null,
    isAdmin: false,
    accountType: "USER",
    createdAt: NOW,
  });
  await new SqlProjectStore(database).upsert({
    entityId: user.entityId,
    name: "p",
    userId: user.id,
    now: NOW,
  });
  return {
    sweeps: new SqlSweepStore(database),
    agents: new SqlSweepAgentStore(database),
    sweepRuns: new SqlSweepRunStore(database),
    runs: new SqlRunStore(database),
    close: () => database.close(),
  };
});
