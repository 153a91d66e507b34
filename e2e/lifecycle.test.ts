// How runs begin, go on, and end: resumed, rewound, forked, stopped, killed, offline, and many at once.
import { parseJson } from "@steelyard/protocol";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./eventually.ts";
import { PythonClient } from "./python/run-python.ts";
import { pick, pickList, pickOptional, pickString, Wire, type RunAddress } from "./wire/wire.ts";

const project = "lifecycle";
let server: TestServer;
let wire: Wire;
let entity: string;

beforeAll(async () => {
  server = await startTestServer();
  wire = new Wire(server);
  entity = pickString(await wire.query("{ viewer { entity } }"), "viewer", "entity");
});

afterAll(async () => {
  await server.stop();
});

function address(id: string): RunAddress {
  return { entity, project, id, storageId: "" };
}

async function rows(id: string): Promise<unknown[]> {
  return (await wire.historyLines(address(id))).map((line): unknown => parseJson(line));
}

async function steps(id: string): Promise<unknown[]> {
  return (await rows(id)).map((row) => pick(row, "_step"));
}

async function state(id: string): Promise<string> {
  return pickString(await wire.run(address(id), "state"), "state");
}

describe("resuming and rewinding", () => {
  let seen: unknown;

  beforeAll(async () => {
    await using client = await PythonClient.create(server);
    seen = (await client.run("resume_and_rewind.py", { args: { project }, expectQuiet: false })).value;
  });

  it("goes on at the next step with everything that the run had", () => {
    expect(pick(seen, "must")).toMatchObject({
      step: 5,
      resumed: true,
      config: { lr: 0.3, kept: true, added: 1 },
      summary: { value: 4, where: "new" },
      tags: ["old"],
      notes: "old notes",
      name: "old name",
    });
  });

  it("resumes with `allow` and `auto`, and makes a new run with `allow` and `never`", () => {
    expect(pick(seen, "allow existing")).toMatchObject({ step: 8, resumed: true });
    expect(pick(seen, "allow new")).toMatchObject({ step: 0, resumed: false });
    expect(pick(seen, "never new")).toMatchObject({ step: 0, resumed: false });
    expect(pick(seen, "auto")).toMatchObject({ step: 10, resumed: true });
  });

  it("refuses `never` for a run that exists and `must` for one that does not", () => {
    expect(pick(seen, "never existing")).toMatchObject({ error: { type: "UsageError" } });
    expect(pick(seen, "must missing")).toMatchObject({ error: { type: "UsageError" } });
  });

  it("has every step of every part once, and the console lines of all of them", async () => {
    expect(await steps("resumed")).toEqual([...Array(11).keys()]);
    expect((await rows("resumed")).map((row) => pick(row, "where"))).toEqual([
      ...Array<string>(5).fill("new"),
      ...Array<string>(3).fill("must"),
      ...Array<string>(2).fill("allow"),
      "auto",
    ]);
    const logs = await wire.run(
      address("resumed"),
      "logLineCount logLines(first: 1000) { edges { node { line } } }",
    );
    const lines = pickList(logs, "logLines", "edges").map((edge) => pickString(edge, "node", "line"));
    expect(lines.filter((line) => line.startsWith("resumed at"))).toEqual(
      [...Array(11).keys()].map((step) => `resumed at ${step}`),
    );
  });

  it("drops what came after the step that a run is rewound to", async () => {
    expect(pick(seen, "rewound")).toMatchObject({ step: 5 });
    expect(pick(seen, "rewound again")).toMatchObject({ step: 2 });
    expect(await steps("rewound")).toEqual([0, 1, 2]);
    expect((await rows("rewound")).map((row) => pick(row, "where"))).toEqual([
      "new",
      "new",
      "rewound?_step=1",
    ]);
    expect(pick(await wire.run(address("rewound"), "historyLineCount historyKeys"), "historyLineCount")).toBe(
      3,
    );
    expect(pick(seen, "rewind missing")).toHaveProperty("error");
  });

  it("starts a fork behind the step it was forked at", async () => {
    expect(await steps("forked")).toEqual([2, 3]);
  });
});

describe("a run that is stopped from elsewhere", () => {
  it("is interrupted", async () => {
    await using training = await PythonClient.create(server);
    const running = await training.start("log_until_ended.py", {
      args: { id: "stopped", project, seconds: 60 },
    });
    await eventually(
      async () => wire.query(`{ project(name: "${project}") { run(name: "stopped") { historyLineCount } } }`),
      (data) =>
        JSON.stringify(data).includes("historyLineCount") &&
        Number(pick(data, "project", "run", "historyLineCount")) > 3,
    );
    await using other = await PythonClient.create(server);
    await other.run("stop_run.py", { args: { path: `${entity}/${project}/stopped`, do: "stop" } });
    const ended = await running.finish();
    expect(ended.value).toMatchObject({ interrupted: true });
    expect(["finished", "killed"]).toContain(await state("stopped"));
  });
});

describe("a run whose process dies", () => {
  it("keeps what was logged before `kill -9` and can be resumed", async () => {
    await using client = await PythonClient.create(server);
    const running = await client.start("log_until_ended.py", { args: { id: "killed", project } });
    await eventually(
      async () => wire.query(`{ project(name: "${project}") { run(name: "killed") { historyLineCount } } }`),
      (data) => Number(/"historyLineCount":(\d+)/u.exec(JSON.stringify(data))?.[1] ?? 0) >= 20,
    );
    running.killGroup();
    await running.result;
    const before = await steps("killed");
    expect(before).toEqual([...before.keys()]);
    expect(await state("killed")).toBe("running");
    const resumed = await client.run("log_until_ended.py", {
      args: { id: "killed", project, resume: "must", steps: 5 },
    });
    expect(resumed.value).toMatchObject({ start: before.length, steps: before.length + 5 });
    expect(await steps("killed")).toEqual([...Array(before.length + 5).keys()]);
    expect(await state("killed")).toBe("finished");
  });

  it("keeps what was sent when Python leaves with os._exit, and goes on as running until nobody is heard", async () => {
    await using client = await PythonClient.create(server);
    await client.run("log_until_ended.py", {
      args: { id: "left", project, steps: 10, exit: "os._exit" },
      exitCode: 7,
      expectQuiet: false,
    });
    expect(await steps("left")).toEqual([...Array(10).keys()]);
    expect(await state("left")).toBe("running");
  });

  it("is pre-empted when it said so before it failed", async () => {
    await using client = await PythonClient.create(server);
    await client.run("log_until_ended.py", { args: { id: "preempted", project, steps: 3, exit: "preempt" } });
    expect(await state("preempted")).toBe("preempted");
  });
});

describe("runs made offline", () => {
  it("arrive completely when they are synced, also a second time", async () => {
    await using client = await PythonClient.create(server);
    const made = await client.run("log_offline.py", {
      args: { id: "offline", project, steps: 50 },
      env: { WANDB_MODE: "offline" },
    });
    if (typeof made.value !== "string") throw new TypeError("expected the folder of the offline run");
    await client.wandb(["sync", made.value]);
    expect(await state("offline")).toBe("finished");
    const lines = await rows("offline");
    expect(lines).toHaveLength(51);
    expect((await wire.historyLines(address("offline")))[3]).toMatch(/"big":\s*1152921504606846979/u);
    const run = await wire.run(
      address("offline"),
      "config tags notes files(first: 100) { edges { node { name } } }",
    );
    expect(JSON.parse(pickString(run, "config"))).toMatchObject({ lr: { value: 0.25 } });
    expect(run).toMatchObject({ tags: ["offline"], notes: "made offline" });
    const names = pickList(run, "files", "edges").map((edge) => pickString(edge, "node", "name"));
    expect(names).toContain("offline.txt");
    expect(names.some((name) => name.startsWith("media/html/"))).toBe(true);
    await client.wandb(["sync", "--include-synced", made.value]);
    expect(await rows("offline")).toEqual(lines);
  });

  it("arrive as far as they were on the disk when their process died, as failed", async () => {
    await using client = await PythonClient.create(server);
    const made = await client.run("log_offline.py", {
      args: { id: "offline-died", project, steps: 3000, exit: "os._exit" },
      env: { WANDB_MODE: "offline" },
      exitCode: 9,
      expectQuiet: false,
    });
    if (typeof made.value !== "string") throw new TypeError("expected the folder of the offline run");
    await client.wandb(["sync", made.value]);
    expect(["failed", "crashed"]).toContain(await state("offline-died"));
    // The client writes its log in blocks; the last one was still in memory.
    const found = await steps("offline-died");
    expect(found.length).toBeGreaterThan(1000);
    expect(found).toEqual([...found.keys()]);
  });
});

describe("many runs at once", () => {
  it("keeps twenty runs apart that four processes log at the same time", async () => {
    const groups = Array.from({ length: 4 }, (_, group) =>
      Array.from({ length: 5 }, (_, i) => `many-${group * 5 + i}`),
    );
    await using client = await PythonClient.create(server);
    const runs = await Promise.all(
      groups.map((ids) =>
        client.run("many_runs.py", {
          args: { project, ids, steps: 30 },
          env: { WANDB__FILE_STREAM_NO_GZIP: "false" },
          timeoutMs: 170_000,
        }),
      ),
    );
    for (const run of runs) expect(run.value).toEqual([]);
    for (const id of groups.flat()) {
      expect(await rows(id)).toMatchObject(Array.from({ length: 30 }, (_, i) => ({ _step: i, i, id })));
      expect(await state(id)).toBe("finished");
    }
    const count = await wire.query(
      `query Many($filters: JSONString) { project(name: "${project}") { runCount(filters: $filters) } }`,
      { filters: JSON.stringify({ group: "many" }) },
    );
    expect(pick(count, "project", "runCount")).toBe(20);
  });
});

describe("several processes that write to one run", () => {
  it("has the lines of each, with steps that the server gave", async () => {
    const write = async (label: string, isPrimary: boolean): Promise<unknown> => {
      await using client = await PythonClient.create(server);
      const plan = { id: "shared", project, label, primary: isPrimary, steps: 20, wait: 6 };
      return (await client.run("log_shared.py", { args: plan })).value;
    };
    const primary = write("first", true);
    await eventually(
      async () => wire.query(`{ project(name: "${project}") { run(name: "shared") { id } } }`),
      (data) => JSON.stringify(data).includes('"id"'),
    );
    await Promise.all([primary, write("second", false)]);
    const found = await rows("shared");
    for (const label of ["first", "second"]) {
      const values = found.filter((row) => pickOptional(row, `${label}/value`) !== undefined);
      expect(values.map((row) => pick(row, `${label}/value`))).toEqual([...Array(20).keys()]);
    }
    const given = found.map((row) => Number(pick(row, "_step")));
    expect(new Set(given).size).toBe(given.length);
    expect(given).toEqual(given.toSorted((a, b) => a - b));
    expect(await state("shared")).toBe("finished");
  });
});

describe("a server that dies while a script logs", () => {
  it("has everything in the end, and the script notices nothing", { timeout: 170_000 }, async () => {
    await using mortal = await startTestServer();
    await using client = await PythonClient.create(mortal);
    const running = await client.start("log_until_ended.py", {
      args: { id: "survivor", project, steps: 300, pause: 0.03 },
      expectQuiet: false,
      timeoutMs: 160_000,
    });
    const there = new Wire(mortal);
    const target = { ...address("survivor"), entity: "tester" };
    for (let kill = 1; kill <= 2; kill++) {
      await eventually(
        async () =>
          there.query(`{ project(name: "${project}") { run(name: "survivor") { historyLineCount } } }`),
        (data) => Number(/"historyLineCount":(\d+)/u.exec(JSON.stringify(data))?.[1] ?? 0) >= kill * 30,
      );
      await mortal.kill();
      await mortal.restart();
    }
    expect((await running.finish()).value).toMatchObject({ steps: 300 });
    const lines = await there.historyLines(target);
    expect(lines.map((line) => pick(parseJson(line), "_step"))).toEqual([...Array(300).keys()]);
    expect(await there.run(target, "state")).toEqual({ state: "finished" });
  });
});
