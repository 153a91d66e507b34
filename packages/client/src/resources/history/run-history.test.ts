import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { historyScript } from "../../../test/history-server.ts";
import type { HistoryData } from "../../../test/history-server.ts";
import { startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { IncompleteRunHistoryError, UnsupportedError, ValueError } from "../../index.ts";
import type { Run } from "../../index.ts";
import { createNodePlatform } from "../../node/platform.ts";

interface Setup extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly run: Run;
}

async function setUp(data: HistoryData): Promise<Setup> {
  const server = await startScriptedServer(historyScript(data));
  const run = await testApi(server).run("r");
  return { server, run, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const ROWS = Array.from({ length: 100 }, (_, step) => ({
  _step: step,
  loss: 1 / (step + 1),
  ...(step % 10 === 0 && { acc: step }),
}));

describe("history", () => {
  it("is everything by default", async () => {
    await using test = await setUp({ rows: ROWS });
    expect(await test.run.history()).toEqual({ format: "rows", rows: ROWS, sampled: false, totalRows: 100 });
  });

  it("is a sample on request, and says so", async () => {
    await using test = await setUp({ rows: ROWS });
    const some = await test.run.history({ samples: 10 });
    expect(some).toMatchObject({ sampled: true, totalRows: 100 });
    expect(some.rows).toHaveLength(10);
    expect(await test.run.history({ samples: 100 })).toMatchObject({ sampled: false, totalRows: 100 });
  });

  it("with keys is the union of rows, or those with all keys as Python's", async () => {
    await using test = await setUp({ rows: ROWS });
    expect((await test.run.history({ keys: ["loss", "acc"] })).rows).toHaveLength(100);
    expect((await test.run.history({ keys: ["loss", "acc"], rows: "all-keys" })).rows).toHaveLength(10);
  });

  it.each([true, false])("samples the union, with help of the server or without: %s", async (hasUnion) => {
    await using test = await setUp({ rows: ROWS, hasUnion });
    const all = await test.run.history({ keys: ["acc"], samples: 50 });
    expect(all).toMatchObject({ sampled: false, totalRows: 10 });
    const some = await test.run.history({ keys: ["acc"], samples: 5 });
    expect(some.sampled).toBe(true);
    expect(some.rows).toHaveLength(5);
    expect(some.rows.every((row) => "acc" in row)).toBe(true);
  });

  it("takes another x axis along instead of the step", async () => {
    const rows = [
      { _step: 0, epoch: 1, loss: 2 },
      { _step: 1, loss: 3 },
    ];
    await using test = await setUp({ rows });
    const read = async (mode: "union" | "all-keys"): Promise<unknown> =>
      (await test.run.history({ keys: ["loss"], xAxis: "epoch", rows: mode })).rows;
    expect(await read("union")).toEqual([{ epoch: 1, loss: 2 }, { loss: 3 }]);
    expect(await read("all-keys")).toEqual([{ epoch: 1, loss: 2 }]);
  });

  it("keeps what JSON alone would lose", async () => {
    const rows = [
      { _step: 0, nan: Number.NaN, inf: Number.NEGATIVE_INFINITY, big: 2n ** 60n, nothing: null },
    ];
    await using test = await setUp({ rows });
    expect((await test.run.history()).rows).toEqual(rows);
    expect((await test.run.history({ keys: ["nan", "inf", "big"], rows: "all-keys" })).rows).toEqual([
      { _step: 0, nan: Number.NaN, inf: Number.NEGATIVE_INFINITY, big: 2n ** 60n },
    ]);
  });

  it("of the system stream is all events, or a sample of them", async () => {
    const events = Array.from({ length: 20 }, (_, index) => ({ _timestamp: index, "system.cpu": index }));
    await using test = await setUp({ rows: [], events });
    expect(await test.run.history({ stream: "system" })).toMatchObject({
      rows: events,
      sampled: false,
      totalRows: 20,
    });
    expect(await test.run.history({ stream: "system", samples: 5 })).toMatchObject({
      sampled: true,
      totalRows: null,
    });
  });

  it("refuses what Python prints an error for", async () => {
    await using test = await setUp({ rows: ROWS });
    await expect(test.run.history({ keys: ["a"], stream: "system" })).rejects.toThrow(ValueError);
    await expect(test.run.history({ samples: 0 })).rejects.toThrow(ValueError);
    const untyped: Record<string, unknown> = { keys: "loss" };
    await expect(test.run.history(untyped)).rejects.toThrow(ValueError);
  });
});

describe("columns", () => {
  it("hold numbers in typed arrays, with what is absent marked", async () => {
    await using test = await setUp({ rows: ROWS });
    const { columns, length, sampled, totalRows } = await test.run.history({ format: "columns" });
    expect({ length, sampled, totalRows, keys: [...columns.keys()] }).toEqual({
      length: 100,
      sampled: false,
      totalRows: 100,
      keys: ["_step", "loss", "acc"],
    });
    const acc = columns.get("acc");
    expect(acc?.kind).toBe("number");
    expect(acc?.values).toBeInstanceOf(Float64Array);
    expect([acc?.values[10], acc?.values[11]]).toEqual([10, Number.NaN]);
    expect([acc?.present.has(10), acc?.present.has(11), acc?.present.count]).toEqual([true, false, 10]);
    expect(acc?.present.bytes).toHaveLength(13);
  });

  it("tell a logged NaN from an absent value", async () => {
    await using test = await setUp({ rows: [{ _step: 0, a: Number.NaN }, { _step: 1 }] });
    const a = (await test.run.history({ format: "columns" })).columns.get("a");
    expect([a?.present.has(0), a?.present.has(1)]).toEqual([true, false]);
  });

  it("are plain lists for anything but numbers that a double holds", async () => {
    const rows = [
      { _step: 0, mixed: 1, big: 1, nullable: 1, text: "x" },
      { _step: 1, mixed: "two", big: 2n ** 60n, nullable: null },
      { _step: 2, mixed: { deep: 3 } },
    ];
    await using test = await setUp({ rows });
    const { columns } = await test.run.history({ format: "columns" });
    expect(columns.get("mixed")).toMatchObject({ kind: "value", values: [1, "two", { deep: 3 }] });
    expect(columns.get("big")?.values).toEqual([1, 2n ** 60n, undefined]);
    expect(columns.get("nullable")?.values).toEqual([1, null, undefined]);
    expect(columns.get("text")?.values).toEqual(["x", undefined, undefined]);
  });

  it("exist for every key asked for, in its order, also of samples", async () => {
    await using test = await setUp({ rows: ROWS });
    const options = { keys: ["none", "acc"], samples: 4, format: "columns" } as const;
    const { columns, length } = await test.run.history(options);
    expect([...columns.keys()]).toEqual(["_step", "none", "acc"]);
    expect(columns.get("none")?.values).toHaveLength(length);
  });
});

describe("history exports", () => {
  it("are downloaded as files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "exports-"));
    await using server = await startScriptedServer((request) => {
      if (request.path === "/good.parquet") return { body: "PAR1" };
      if (request.method === "GET") return { status: 404 };
      const parquetUrls = [`${server.url}/good.parquet`, `${server.url}/gone.parquet`];
      return historyScript({ rows: ROWS, parquet: { parquetUrls, liveData: [] } })(request);
    });
    const platform = createNodePlatform({ environment: {}, home: folder, workingDirectory: folder });
    const run = await testApi(server, { platform }).run("r");
    const result = await run.downloadHistoryExports("out");
    expect(await readdir(join(folder, "out"))).toEqual(["team_shop_r_0.runhistory.parquet"]);
    const [path = ""] = result.paths;
    expect(await readFile(path, "utf8")).toBe("PAR1");
    expect(result.containsLiveData).toBe(false);
    expect([...(result.errors?.keys() ?? [])]).toEqual([
      join(folder, "out", "team_shop_r_1.runhistory.parquet"),
    ]);
    await rm(folder, { recursive: true });
  });

  it("are incomplete when the server has live data, or exports nothing of a history", async () => {
    const platform = createNodePlatform({ environment: {} });
    for (const liveData of [[{ _step: 5 }], []]) {
      await using server = await startScriptedServer(
        historyScript({ rows: ROWS, parquet: { parquetUrls: [], liveData } }),
      );
      const run = await testApi(server, { platform }).run("r");
      await expect(run.downloadHistoryExports("out")).rejects.toThrow(IncompleteRunHistoryError);
      const partial = await run.downloadHistoryExports("out", { requireCompleteHistory: false });
      expect(partial).toEqual({ paths: [], containsLiveData: true, errors: null });
    }
  });

  it("need a disk", async () => {
    await using test = await setUp({ rows: [] });
    await expect(test.run.downloadHistoryExports("out")).rejects.toThrow(UnsupportedError);
  });
});
