import { expect, it } from "vitest";

import { historyScript } from "../../../test/history-server.ts";
import type { HistoryData } from "../../../test/history-server.ts";
import { startScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { UnsupportedError, ValueError } from "../../index.ts";

const BUCKETS = {
  minX: 0,
  maxX: 9,
  series: [{ key: "loss", buckets: [0, 1], counts: [5, 5], mins: [1, 2], maxs: [3, 4], means: [2, 3] }],
};

async function ask(data: Partial<HistoryData>, keys: readonly string[]): Promise<unknown> {
  await using server = await startScriptedServer(historyScript({ rows: [{ _step: 0, loss: 1 }], ...data }));
  const run = await testApi(server).run("r");
  return await run.historyBuckets({ keys, count: 2 });
}

it("reads intervals as the server divides them", async () => {
  expect(await ask({ buckets: BUCKETS }, ["loss"])).toEqual(BUCKETS);
});

it("needs keys, and a server that divides history", async () => {
  await expect(ask({ buckets: BUCKETS }, [])).rejects.toThrow(ValueError);
  await expect(ask({}, ["loss"])).rejects.toThrow(UnsupportedError);
});
