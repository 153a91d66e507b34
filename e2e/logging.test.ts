// What a script logs with the real client is what the real client reads back: every kind of value, once.
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planEverything } from "./differential/plan.ts";
import { PythonClient } from "./python/run-python.ts";
import { runQueries } from "./run-queries.ts";
import { pick, pickList, pickString, Wire } from "./wire/wire.ts";

const big = 2n ** 60n;
let server: TestServer;
let client: PythonClient;
/** Everything that Python's reader reported, as JavaScript values. */
let read: unknown;

function run(id: string, probe: string): unknown {
  return pick(read, "runs", id, probe);
}

beforeAll(async () => {
  server = await startTestServer();
  client = await PythonClient.create(server);
  await client.run("log_everything.py", { args: { project: "logging" } });
  const entity = pickString(await new Wire(server).query("{ viewer { entity } }"), "viewer", "entity");
  const reader = await client.run("read_everything.py", { args: planEverything(entity, "logging") });
  read = reader.value;
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await server.stop();
});

describe("a run that logs scalars", () => {
  it("keeps its labels, also those that were changed later", () => {
    expect(run("scalars", "state")).toBe("finished");
    expect(run("scalars", "name")).toBe("Every scalar, renamed");
    expect(run("scalars", "tags")).toEqual(["first", "two words", "added"]);
    expect(run("scalars", "notes")).toBe("changed notes");
    expect(run("scalars", "group")).toBe("group-a");
    expect(run("scalars", "jobType")).toBe("train");
  });

  it("keeps its configuration exactly, with what was changed while it ran", () => {
    expect(run("scalars", "config")).toEqual({
      lr: 0.2,
      layers: [16, 32, 64],
      optimizer: { name: "adam", betas: [0.9, 0.999], deep: { er: { value: 1 } } },
      seed: big + 1n,
      nothing: null,
      flag: true,
      "dotted.key": 1,
      "slash/key": "v",
      text: 'naïve ✓ 😀 "quoted" \\ back',
      // The client itself makes null of a NaN in a configuration.
      "not a number": null,
      whole: 3,
      late: { added: true },
    });
  });

  it("keeps every value of every step", () => {
    const rows = pickList(run("scalars", "history"));
    expect(rows).toHaveLength(22);
    for (let i = 0; i < 20; i++) {
      expect(rows[i]).toMatchObject({
        _step: i,
        loss: 1 / (i + 1),
        count: i,
        big: big + BigInt(2 * i + 1),
        negative: -(2n ** 53n) - BigInt(i),
        nested: { a: { b: i, c: { d: i * 2 } }, "e.f": i },
        "dotted.key": i * 10,
        "slash/key": i * 100,
        "sp ace": i,
        ключ: i,
        nan: i % 2 === 1 ? NaN : i,
        inf: Infinity,
        neg_inf: -Infinity,
        text: `step ${i} ✓`,
        flag: i % 2 === 0,
        list: [i, i + 0.5, "x"],
        tiny: 5e-324,
        huge: Number.MAX_VALUE,
      });
      expect(pick(rows, i)).toHaveProperty("_timestamp");
      expect(pick(rows, i)).toHaveProperty("_runtime");
    }
    expect(rows[20]).toMatchObject({ _step: 30, after_gap: 1 });
    expect(rows[21]).toMatchObject({ _step: 40, after_gap: 2 });
  });

  it("scans the same rows in pages of any size and between steps", () => {
    const steps = (probe: string): unknown[] =>
      pickList(run("scalars", probe)).map((row) => pick(row, "_step"));
    expect(steps("scanHistory")).toEqual([...Array(20).keys(), 30, 40]);
    expect(steps("scanHistory pageSize=3")).toEqual([...Array(20).keys(), 30, 40]);
    expect(steps("scanHistory minStep=4 maxStep=9")).toEqual([4, 5, 6, 7, 8]);
    expect(run("scalars", "lastHistoryStep")).toBe(40);
  });

  it("gives the rows that hold all of the keys asked for", () => {
    const sparse = [0, 5, 10, 15].map((step) => ({ _step: step, sparse: step }));
    expect(run("scalars", "history keys=sparse")).toEqual(sparse);
    expect(run("scalars", "scanHistory keys=sparse")).toEqual(sparse);
    expect(pickList(run("scalars", "history keys=loss"))).toHaveLength(20);
    expect(run("scalars", "scanHistory keys=loss,sparse")).toEqual(
      [0, 5, 10, 15].map((step) => ({ _step: step, sparse: step, loss: 1 / (step + 1) })),
    );
  });

  it("finds nested values and keys that contain a dot by the same spelling", () => {
    const steps = [...Array(20).keys()];
    expect(pickList(run("scalars", "history keys=nested.a.b"))).toEqual(
      steps.map((step) => ({ _step: step, "nested.a.b": step })),
    );
    expect(pickList(run("scalars", "history keys=dotted.key"))).toEqual(
      steps.map((step) => ({ _step: step, "dotted.key": step * 10 })),
    );
  });

  it("gives non-finite numbers as text and large integers with all their digits where rows are JSON values", () => {
    expect(pickList(run("scalars", "history keys=nan"))[1]).toEqual({ _step: 1, nan: "NaN" });
    expect(pickList(run("scalars", "history keys=big"))[1]).toEqual({ _step: 1, big: big + 3n });
  });

  it("describes its keys: last step, last value, type", () => {
    const keys = run("scalars", "historyKeys");
    expect(keys).toMatchObject({ lastStep: 40 });
    expect(pick(keys, "keys", "loss", "previousValue")).toBe(1 / 20);
    expect(pick(keys, "keys", "loss", "typeCounts")).toMatchObject([{ type: "number", count: 20 }]);
    expect(pick(keys, "keys", "nested.a.b", "previousValue")).toBe(19);
    expect(pick(keys, "keys", "text", "typeCounts")).toMatchObject([{ type: "string", count: 20 }]);
    expect(run("scalars", "historyLineCount")).toBe(22);
  });

  it("samples evenly when fewer rows are asked for", () => {
    const rows = pickList(run("scalars", "history samples=5"));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.length).toBeLessThanOrEqual(5);
    const steps = rows.map((row) => Number(pick(row, "_step")));
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it("keeps the summary exactly, with what the script set itself", () => {
    const summary = run("scalars", "summaryMetrics");
    expect(summary).toMatchObject({
      loss: 1 / 20,
      best: 0.5,
      big: big + 7n,
      nested_summary: { x: { y: 1 } },
      nan: NaN,
      inf: Infinity,
      neg_inf: -Infinity,
      after_gap: 2,
      "dotted.key": 190,
    });
    expect(run("scalars", "summary")).toEqual(summary);
  });
});

describe("a run that defines metrics", () => {
  it("keeps the summaries that were asked for", () => {
    const summary = run("metrics", "summaryMetrics");
    expect(summary).toMatchObject({
      loss: { min: 0, max: 36, mean: 10.5, last: 36, first: 9 },
      acc: { max: 6 },
      err: { min: 0 },
      "val/loss": 1,
    });
    expect(summary).not.toHaveProperty("silent");
  });

  it("has the definitions in its raw configuration", () => {
    expect(JSON.stringify(pick(run("metrics", "rawConfig"), "_wandb", "m"))).toContain("val/");
  });

  it("samples over another axis than the step", () => {
    const rows = pickList(run("metrics", "history xAxis=epoch keys=val/loss"));
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row).toHaveProperty("epoch");
      expect(row).toHaveProperty(["val/loss"]);
    }
  });
});

describe("a run that logs media", () => {
  it("keeps each media object of each step", () => {
    const rows = pickList(run("media", "history"));
    expect(rows).toHaveLength(4);
    expect(pick(rows, 0, "hist")).toMatchObject({ _type: "histogram" });
    expect(pick(rows, 2, "image")).toMatchObject({
      _type: "image-file",
      caption: "caption 2",
      width: 8,
      height: 8,
    });
    expect(pick(rows, 1, "images")).toMatchObject({
      _type: "images/separated",
      count: 2,
      captions: ["one", "two"],
    });
    expect(pick(rows, 1, "html")).toMatchObject({ _type: "html-file" });
    expect(pick(rows, 1, "HT%3ML ")).toMatchObject({ _type: "html-file" });
    expect(pick(rows, 3, "table")).toMatchObject({ _type: "table-file", ncols: 3, nrows: 2 });
    expect(pick(rows, 3, "audio")).toMatchObject({ _type: "audio-file" });
    expect(pick(rows, 3, "video")).toMatchObject({ _type: "video-file" });
    expect(pick(rows, 3, "object")).toMatchObject({ _type: "object3D-file" });
    expect(pick(rows, 3, "molecule")).toMatchObject({ _type: "molecule-file" });
  });

  it("has the file of every media object", () => {
    const names = pickList(run("media", "files")).map((file) => pickString(file, "name"));
    const rows = pickList(run("media", "history"));
    for (const key of ["image", "html", "deep/er/image", "HT%3ML "])
      expect(names).toContain(pickString(rows, 0, key, "path"));
    for (const name of pickList(rows, 0, "images", "filenames")) expect(names).toContain(name);
    for (const key of ["table", "audio", "video", "object", "molecule"]) {
      expect(names).toContain(pickString(rows, 3, key, "path"));
    }
  });
});

describe("a run that prints", () => {
  it("keeps the console lines in order, the progress bar as its last state", () => {
    const lines = pickList(run("console", "consoleLogs"));
    const contents = lines.map((line) => pickString(line, "content"));
    expect(contents[0]).toBe("first line");
    expect(contents.filter((line) => line.includes("progress"))).toEqual(["progress 100% |##########|"]);
    expect(contents).toContain("an error line");
    expect(contents).toContain("line 59");
    expect(contents).toContain("last line");
    expect(lines.map((line) => pick(line, "number"))).toEqual(lines.map((_, index) => index));
  });

  it("marks what was written to standard error and when", () => {
    const lines = pickList(run("console", "consoleLogs"));
    const error = lines.find((line) => pick(line, "content") === "an error line");
    expect(pick(error, "level")).toBe("error");
    for (const line of lines) expect(Date.parse(pickString(line, "timestamp"))).not.toBeNaN();
  });

  it("gives the same lines in pages, and the last ones alone", () => {
    const lines = pickList(run("console", "consoleLogs"));
    expect(run("console", "consoleLogs perPage=7")).toEqual(lines);
    expect(run("console", "consoleLogs last=3")).toEqual(lines.slice(-3));
  });

  it("has system metrics as events and as the latest values", () => {
    expect(pickList(run("console", "history system")).length).toBeGreaterThan(0);
    expect(
      pickList(run("console", "systemMetrics.keys")).some((key) => String(key).startsWith("system.")),
    ).toBe(true);
  });
});

describe("a run that saves files", () => {
  it("lists every file once, with size and digest", () => {
    const files = pickList(run("files", "files"));
    const names = files.map((file) => pickString(file, "name"));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        "a.txt",
        "sub/b with space & # %41 ünï.txt",
        "empty.txt",
        "large.bin",
        "wandb-metadata.json",
        "wandb-summary.json",
        "config.yaml",
        "requirements.txt",
        "output.log",
      ]),
    );
    expect(files.find((file) => pick(file, "name") === "large.bin")).toMatchObject({ size: 1_048_576 });
    expect(files.find((file) => pick(file, "name") === "a.txt")).toMatchObject({
      size: 7,
      md5: "ZE0lNw+exNL8S11p3GrnjQ==",
    });
    expect(run("files", "files perPage=2")).toEqual(files);
    expect(run("files", "files.length")).toBe(files.length);
  });

  it("finds files by name and by pattern", () => {
    expect(pickList(run("files", "files names=a.txt")).map((file) => pick(file, "name"))).toEqual(["a.txt"]);
    for (const file of pickList(run("files", "files pattern")))
      expect(pickString(file, "name")).toMatch(/\.json$/u);
  });

  it("gives the bytes back", () => {
    expect(run("files", "file content a.txt")).toEqual({ bytes: Buffer.from("hello a").toString("base64") });
    expect(run("files", "file content sub/b with space & # %41 ünï.txt")).toEqual({
      bytes: Buffer.from("hello b ✓").toString("base64"),
    });
    expect(run("files", "file content empty.txt")).toEqual({ bytes: "" });
    expect(run("files", "file content large.bin")).toEqual({
      bytes: Buffer.concat(Array<Buffer>(4096).fill(Buffer.from([...Array(256).keys()]))).toString("base64"),
    });
  });

  it("has the metadata that the client wrote about itself", () => {
    expect(run("files", "metadata")).toHaveProperty("python");
  });
});

describe("runs that end otherwise", () => {
  it("is failed when the exit code says so", () => {
    expect(run("failed", "state")).toBe("failed");
    expect(run("failed", "summaryMetrics")).toMatchObject({ loss: 3.5 });
  });

  it("may log nothing", () => {
    expect(run("empty", "state")).toBe("finished");
    expect(run("empty", "history")).toEqual([]);
    expect(run("empty", "scanHistory")).toEqual([]);
    expect(run("empty", "lastHistoryStep")).toBe(-1);
    expect(run("empty", "historyLineCount")).toBe(0);
  });
});

describe("questions about runs", () => {
  it.each(runQueries.map((query) => [query.title, query] as const))(
    "finds the runs: %s",
    (title, { ids }) => {
      expect(pick(read, "queries", title)).toEqual({ length: ids.length, ids });
    },
  );
});
