import { describeAlertStore, describeFileStore } from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlAlertStore } from "./sql-alert-store.ts";
import { SqlChangeFeed } from "./sql-change-feed.ts";
import { SqlFileStore } from "./sql-file-store.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlRunStore } from "./sql-run-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";

const now = "2026-01-01T00:00:00.000Z";

describeFileStore("SqlFileStore on SQLite", async () => {
  const database = await openTemporaryMetadata();
  const { db } = database;
  return { files: new SqlFileStore({ db }), feed: new SqlChangeFeed({ db }), close: () => database.close() };
});

describeAlertStore("SqlAlertStore on SQLite", async () => {
  const database = await openTemporaryMetadata();
  const { db } = database;
  const user = await new SqlUserStore({ db }).create({
    username: "ann",
    name: "Ann",
    email: null,
    isAdmin: false,
    accountType: "USER",
    createdAt: now,
  });
  const { project } = await new SqlProjectStore({ db }).upsert({
    entityId: user.entityId,
    name: "p",
    userId: user.id,
    now,
  });
  const { run } = await new SqlRunStore({ db }).upsert({
    projectId: project.id,
    name: "r",
    userId: user.id,
    now,
    defaultDisplayName: "r",
  });
  return { alerts: new SqlAlertStore({ db }), run, close: () => database.close() };
});
