import { describe, expect, it } from "vitest";

import { runAnswer, runData, runsPage, textOf } from "../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import type { JsonObject } from "../../index.ts";

const ALL = Array.from({ length: 7 }, (_, index) => ({ ...runData(`r${index}`), name: `r${index}` }));

function start(): Promise<ScriptedServer> {
  return startScriptedServer(
    graphqlScript({
      RunsFull: ({ cursor, perPage }: JsonObject) => runsPage(ALL, cursor, perPage),
      RunsLight: ({ cursor, perPage }: JsonObject) => runsPage(ALL, cursor, perPage),
      Run: ({ name }: JsonObject) => runAnswer(ALL.find((run) => run.name === name)),
      RunHistoryKeys: ({ name }: JsonObject) =>
        runAnswer({ historyKeys: { lastStep: name === "r0" ? -1 : 0 } }),
      HistoryPage: ({ run }: JsonObject) =>
        runAnswer({ history: [`{"_step":0,"loss":${textOf(run).slice(1)}}`] }),
      ServerFeatures: { serverInfo: { features: [] } },
    }),
  );
}

describe("runs", () => {
  it("come page after page, full, with the server's total", async () => {
    await using server = await start();
    const runs = testApi(server).runs("e/p", { perPage: 3 });
    expect(await runs.length()).toBe(7);
    const names: string[] = [];
    for await (const run of runs) names.push(`${run.id}:${run.config["lr"] === 0.1}`);
    expect(names).toHaveLength(7);
    expect(names.at(-1)).toBe("r6:true");
    expect(server.requests.map(({ variables }) => variables["cursor"])).toEqual([null, "3", "6"]);
  });

  it("resume from a cursor", async () => {
    await using server = await start();
    const first = testApi(server).runs("e/p", { perPage: 3 });
    await first.at(0);
    const rest = testApi(server).runs("e/p", { perPage: 3, start: first.cursor ?? "" });
    expect((await rest.toArray()).map(({ id }) => id)).toEqual(["r3", "r4", "r5", "r6"]);
  });

  it("can be upgraded from lazy to full", async () => {
    await using server = await start();
    const runs = testApi(server).runs("e/p", { perPage: 4, lazy: true });
    await runs.at(0);
    expect(runs.isLazy).toBe(true);
    await runs.upgradeToFull();
    expect((await runs.toArray()).map(({ isFull }) => isFull)).toEqual(Array(7).fill(true));
    expect(server.operations.filter((name) => name === "Run")).toHaveLength(4);
    expect(server.operations.at(-1)).toBe("RunsFull");
  });

  it("have their histories in one table", async () => {
    await using server = await start();
    const runs = testApi(server).runs("e/p");
    const { rows, sampled, totalRows } = await runs.histories({ keys: ["loss"] });
    expect({ sampled, totalRows }).toEqual({ sampled: false, totalRows: 6 });
    expect(rows[0]).toEqual({ _step: 0, loss: 1, run_id: "r1" });
    expect(rows.map((row) => row["run_id"])).toEqual(["r1", "r2", "r3", "r4", "r5", "r6"]);
    const { columns, length } = await runs.histories({ format: "columns" });
    expect([length, [...columns.keys()]]).toEqual([6, ["run_id", "_step", "loss"]]);
    expect(columns.get("loss")?.values).toEqual(new Float64Array([1, 2, 3, 4, 5, 6]));
  });
});
