// The core of logging, reading and artifacts with clients older and newer than the one that everything is tested with:
// from the oldest that runs on a Python of today, whose forms of requests are others, to the newest.
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { planEverything } from "./differential/plan.ts";
import { PythonClient } from "./python/run-python.ts";
import { pick, pickList, pickString, Wire } from "./wire/wire.ts";

const versions = ["0.30.0", "0.31.0", "0.22.1", "0.10.28"] as const;

it.each(versions)("logs, resumes and reads a run with the client %s", async (version) => {
  await using server = await startTestServer();
  // Error reporting stays on here: everywhere else it is off to save time.
  await using client = await PythonClient.create(server, {
    version,
    env: { WANDB_ERROR_REPORTING: undefined },
  });
  const run = await client.run("log_core.py", { args: { project: "older" } });
  expect(run.value).toEqual({
    resumedAt: 11,
    state: "finished",
    config: { lr: 0.1, deep: { er: [1, 2] } },
    tags: ["t"],
    notes: "n",
    group: "g",
    jobType: "j",
    summary: { loss: 0.01, best: 0.25, big: 2n ** 60n + 9n },
    history: [
      ...Array.from({ length: 10 }, (_, i) => ({ _step: i, loss: 1 / (i + 1) })),
      { _step: 11, loss: 0.01 },
    ],
    scan: [...Array(12).keys()],
    lastHistoryStep: 11,
    files: expect.arrayContaining(["core.txt", "config.yaml", "output.log", "wandb-summary.json"]) as unknown,
    file: "core file",
    runs: ["core"],
  });
});

it.each(versions)("logs, uses, downloads and lists an artifact with the client %s", async (version) => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server, { version });
  const { value } = await client.run("log_core_artifact.py", { args: { project: "older" } });
  expect(value).toEqual({
    content: "1\n2\n",
    name: "rows",
    type: "dataset",
    state: "COMMITTED",
    description: "two rows",
    metadata: { count: 2 },
    aliases: ["best", "latest"],
    entries: { "folder/rows.txt": null, elsewhere: "https://example.com/rows" },
    "logged by": "maker",
    "used by": ["user"],
    types: ["dataset"],
    collections: ["rows"],
    versions: ["rows:v0"],
    logged: ["rows:v0"],
    used: ["rows:v0"],
  });
});

it("syncs a run that the client 0.22.1 made offline", async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server, { version: "0.22.1" });
  const made = await client.run("log_offline.py", {
    args: { id: "offline", project: "older", steps: 50 },
    env: { WANDB_MODE: "offline" },
  });
  await client.wandb(["sync", pickString([made.value], 0)]);
  const wire = new Wire(server);
  const run = { entity: "tester", project: "older", id: "offline", storageId: "" };
  expect(await wire.historyLines(run)).toHaveLength(51);
  expect((await wire.historyLines(run))[3]).toMatch(/"big":\s*1152921504606846979/u);
  expect(await wire.run(run, "state tags notes")).toEqual({
    state: "finished",
    tags: ["offline"],
    notes: "made offline",
  });
});

it("reads with 0.30.0 what 0.22.1 logged as what 0.30.0 logged", async () => {
  await using server = await startTestServer();
  await using old = await PythonClient.create(server, { version: "0.22.1" });
  await using current = await PythonClient.create(server);
  const kinds = ["scalars", "metrics", "media", "console", "failed", "empty"];
  const readings: unknown[] = [];
  for (const [client, project] of [
    [old, "by-old"],
    [current, "by-current"],
  ] as const) {
    await client.run("log_everything.py", { args: { project, kinds } });
    const plan = planEverything("tester", project);
    const runs = plan.runs.filter(({ id }) => kinds.includes(id));
    const reader = await current.run("read_everything.py", { args: { ...plan, runs }, expectQuiet: false });
    readings.push(reader.value);
  }
  const [byOld, byCurrent] = readings;
  for (const probe of ["config", "tags", "notes", "name", "state", "group", "jobType", "lastHistoryStep"]) {
    expect(pick(byOld, "runs", "scalars", probe), probe).toEqual(pick(byCurrent, "runs", "scalars", probe));
  }
  for (const id of ["scalars", "metrics"]) {
    expect(logged(pick(byOld, "runs", id, "history"))).toEqual(
      logged(pick(byCurrent, "runs", id, "history")),
    );
    expect(logged([pick(byOld, "runs", id, "summaryMetrics")])).toEqual(
      logged([pick(byCurrent, "runs", id, "summaryMetrics")]),
    );
  }
  for (const id of kinds) {
    expect(JSON.stringify(pick(byOld, "runs", id, "files")), id).toContain('"wandb-metadata.json"');
  }
  for (const id of ["media", "console", "failed", "empty"]) {
    expect(pick(byOld, "runs", id, "state")).toBe(pick(byCurrent, "runs", id, "state"));
  }
  const contents = (reading: unknown): unknown[] =>
    pickList(reading, "runs", "console", "consoleLogs").map((line) => pick(line, "content"));
  expect(contents(byOld)).toEqual(contents(byCurrent));
});

/** Rows without the times at which they were logged. */
function logged(rows: unknown): unknown[] {
  return pickList([rows], 0).map((row) => {
    if (typeof row !== "object" || row === null) throw new TypeError(`expected a row, found ${String(row)}`);
    return Object.fromEntries(
      Object.entries(row).filter(([key]) => !["_timestamp", "_runtime", "_wandb"].includes(key)),
    );
  });
}
