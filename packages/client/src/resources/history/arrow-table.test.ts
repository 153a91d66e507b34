import { describe, expect, it } from "vitest";

import { historyScript } from "../../../test/history-server.ts";
import { startScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";

describe("history as an Arrow table", () => {
  it("has a typed column for each key, with nulls where rows lack it", async () => {
    const rows = [
      { _step: 0, loss: 0.5, word: "a", big: 2n ** 60n, flag: true, mixed: 1 },
      { _step: 1, loss: Number.NaN, big: 7, mixed: { x: [2n ** 70n] } },
      { _step: 2, word: "b", flag: false, mixed: "text" },
    ];
    await using server = await startScriptedServer(historyScript({ rows }));
    const run = await testApi(server).run("r");
    const table = await run.history({ format: "arrow" });
    expect(table.schema.fields.map(({ name, type }) => [name, String(type)])).toEqual([
      ["_step", "Float64"],
      ["loss", "Float64"],
      ["word", "Utf8"],
      ["big", "Int64"],
      ["flag", "Bool"],
      ["mixed", "Utf8"],
    ]);
    expect(table.schema.metadata.get("steelyard.history")).toBe('{"sampled":false,"totalRows":3}');
    const columnOf = (name: string): unknown[] => [...(table.getChild(name) ?? [])];
    expect(columnOf("_step")).toEqual([0, 1, 2]);
    expect(columnOf("loss")).toEqual([0.5, Number.NaN, null]);
    expect(columnOf("word")).toEqual(["a", null, "b"]);
    expect(columnOf("big")).toEqual([2n ** 60n, 7n, null]);
    expect(columnOf("flag")).toEqual([true, null, false]);
    expect(columnOf("mixed")).toEqual(["1", '{"x":[1180591620717411303424]}', '"text"']);
  });
});
