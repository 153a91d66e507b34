// TensorBoard's files as runs: read by our client beside Python's own way, and sent by the real client while it trains.
import { join } from "node:path";

import { Api } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import { describe, expect, it } from "vitest";

import { PythonClient } from "./python/run-python.ts";
import { pick, pickList, pickOptional, Wire } from "./wire/wire.ts";

describe.concurrent("TensorBoard's files", () => {
  it("become the same run by our client and by the last of Python's that could do it", async () => {
    await using server = await startTestServer();
    await using python = await PythonClient.create(server, { version: "0.29.0" });
    const folder = join(python.home, "logs");
    await python.run("write_events.py", { args: { folder } });
    await python.run("sync_folder.py", { args: { folder, id: "python", project: "tb" } });
    const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
    const run = await api.syncTensorboard(folder, { runId: "ours", project: "tb" });
    expect(run.state).toBe("finished");

    const wire = new Wire(server);
    const read = async (id: string) => {
      const address = { entity: "tester", project: "tb", id, storageId: "" };
      const rows = (await wire.historyLines(address)).map((line) => readJson(line));
      const fields = await wire.run(
        address,
        "state summaryMetrics files { edges { node { name sizeBytes } } }",
      );
      const files = pickList(fields, "files", "edges").map((edge) => pick(edge, "node"));
      return {
        rows,
        state: pick(fields, "state"),
        summary: readJson(String(pick(fields, "summaryMetrics"))),
        files,
      };
    };
    const ours = await read("ours");
    // Python leaves texts out.
    expect(
      ours.rows.filter((row) => pickOptional(row, "train/note/text_summary") === "hello **world**"),
    ).toHaveLength(1);
    expect({ ...ours, rows: ours.rows.map(withoutTexts), summary: withoutTexts(ours.summary) }).toEqual(
      await read("python"),
    );
    expect(ours.rows).toHaveLength(8);
    expect(ours.rows[2]).toMatchObject({
      "train/loss": Math.fround(1 / 3),
      "eval/acc": 2 / 7,
      "train/biases": { _type: "histogram", values: [5, 5], bins: [0, 1, 2.5] },
      global_step: 2,
      _step: 2,
    });
    expect(ours.rows[6]).toMatchObject({
      "train/vector": [1.5, 2.5, 4],
      "train/large": { _type: "histogram" },
    });
  });

  it("arrive from a training whose client only knows sync_tensorboard=True", async () => {
    await using server = await startTestServer();
    await using python = await PythonClient.create(server, { version: "0.31.0" });
    const { value } = await python.run("train_with_tensorboard.py", { args: { project: "tb" } });
    const rows = pickList(value, "rows");
    expect(rows.map((row) => [pick(row, "_step"), pick(row, "global_step")])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((step) => [step, step]),
    );
    expect(rows.slice(0, 2)).toMatchObject([{ loss: 1 }, { loss: 0.5 }]);
    expect(rows[5]).toMatchObject({ weights: { _type: "histogram" } });
    expect(rows[6]).toMatchObject({ picture: { width: 6, height: 4 } });
    expect(rows[7]).toMatchObject({ loss: 0.125 });
    expect(pick(value, "state")).toBe("finished");
    expect(pick(value, "loss")).toBe(0.125);
    expect(pickList(value, "files")).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^media\/images\/.*\.png$/u),
        expect.stringMatching(/events\.out\.tfevents\./u),
      ]),
    );
  });
});

/** A line as Python reads it: with infinite numbers. */
function readJson(line: string): unknown {
  return JSON.parse(line.replace(/-?Infinity/gu, (token) => (token.startsWith("-") ? "-1e999" : "1e999")));
}

function withoutTexts(row: unknown): unknown {
  if (typeof row !== "object" || row === null) throw new TypeError(`expected a row, found ${String(row)}`);
  return Object.fromEntries(Object.entries(row).filter(([key]) => !key.endsWith("/text_summary")));
}
