import {
  describeRunArtifactFilters,
  describeRunStore,
  type RunArtifactsUnderTest,
} from "@steelyard/testing/contracts";
import { expect, test } from "vitest";
import { openTemporaryMetadata } from "../sqlite/temporary.ts";
import type { RunSearchOptions } from "./run-search.ts";
import { SqlArtifactStore } from "./sql-artifact-store.ts";
import { SqlProjectStore } from "./sql-project-store.ts";
import { SqlRunStore } from "./sql-run-store.ts";
import { SqlUserStore } from "./sql-user-store.ts";

const now = "2026-03-01T10:00:00.000Z";

async function create(options: RunSearchOptions = {}): Promise<RunArtifactsUnderTest> {
  const database = await openTemporaryMetadata();
  const { db } = database;
  return {
    runs: new SqlRunStore({ db, ...options }),
    users: new SqlUserStore({ db }),
    projects: new SqlProjectStore({ db }),
    artifacts: new SqlArtifactStore({ db }),
    close: () => database.close(),
  };
}

describeRunStore("SqlRunStore on SQLite", () => create());
describeRunStore("SqlRunStore that has no memory for columns", () => create({ maxColumnBytes: 0 }));
describeRunStore("SqlRunStore that has no memory to keep runs in", () => create({ maxBytes: 0 }));
describeRunStore("SqlRunStore that has memory for a few runs", () => create({ maxBytes: 10_000 }));
describeRunArtifactFilters("Filters over artifacts on SQLite", () => create());
describeRunArtifactFilters("Filters over artifacts without memory to keep runs in", () =>
  create({ maxBytes: 0 }),
);

test("a filter over history keys is unsupported without a source of them, and asks the source where there is one", async () => {
  const historyKeys = (
    runs: readonly { readonly runId: number }[],
  ): Promise<readonly { readonly keys: Record<string, number> }[]> =>
    Promise.resolve(runs.map(({ runId }) => ({ keys: runId === 2 ? { loss: 1 } : {} })));
  for (const source of [undefined, historyKeys]) {
    const under = await create(source && { historyKeys: source });
    const user = await under.users.create({
      username: "ada",
      name: "Ada",
      email: null,
      isAdmin: false,
      accountType: "USER",
      createdAt: now,
    });
    const { project } = await under.projects.upsert({
      entityId: user.entityId,
      name: "p",
      userId: user.id,
      now,
    });
    for (const name of ["a", "b", "c"]) {
      await under.runs.upsert({
        projectId: project.id,
        name,
        userId: user.id,
        now,
        defaultDisplayName: name,
      });
    }
    const filter = '{"keys_info.keys.loss":{"$exists":true}}';
    const page = under.runs.query({ projectId: project.id, filter, order: null, after: null, limit: 10 });
    if (source === undefined) await expect(page).rejects.toMatchObject({ code: "unsupported" });
    else expect((await page).runs.map(({ run }) => run.name)).toEqual(["b"]);
    await under.close();
  }
});
