import { describeCustomChartStore, describeViewStore } from "@steelyard/testing/contracts";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import { SqlCustomChartStore } from "./sql-custom-chart-store.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";
import { SqlViewStore } from "./sql-view-store.ts";

const now = "2026-01-01T00:00:00.000Z";
const ann = {
  username: "ann",
  name: "Ann",
  email: null,
  isAdmin: false,
  accountType: "USER",
  createdAt: now,
} as const;

describeViewStore("SqlViewStore on SQLite", async () => {
  const database = await openTemporaryMetadata();
  const { db } = database;
  const { id: userId, entityId } = await new SqlUserStore({ db }).create(ann);
  const projects = new SqlProjectStore({ db });
  const { project: first } = await projects.upsert({ entityId, name: "p", userId, now });
  const { project: second } = await projects.upsert({ entityId, name: "q", userId, now });
  return {
    views: new SqlViewStore({ db }),
    projectIds: [first.id, second.id],
    close: () => database.close(),
  };
});

describeCustomChartStore("SqlCustomChartStore on SQLite", async () => {
  const database = await openTemporaryMetadata();
  const { db } = database;
  const { entityId } = await new SqlUserStore({ db }).create(ann);
  return {
    charts: new SqlCustomChartStore({ db }),
    entityId,
    entityName: "ann",
    close: () => database.close(),
  };
});
