// Sweeps with the real client: whole searches by `wandb agent` and by function agents, what ends them, and what goes
// wrong on the way.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./eventually.ts";
import { PythonClient } from "./python/run-python.ts";
import { pick, pickList, pickString, Wire } from "./wire/wire.ts";

const project = "searches";
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

const metric = { name: "loss", goal: "minimize" };
const grid = (...values: readonly number[]): object => ({
  method: "grid",
  program: "train.py",
  metric,
  parameters: { x: { values } },
});

const train = `
import wandb
with wandb.init() as run:
    run.log({"loss": run.config["x"]})
`;

async function readSweep(id: string, fields: string): Promise<unknown> {
  const data = await wire.query(
    `query ($entity: String, $project: String, $id: String!) {
      project(name: $project, entityName: $entity) { sweep(sweepName: $id) { ${fields} } } }`,
    { entity, project, id },
  );
  return pick(data, "project", "sweep");
}

/** The values of x that a sweep's runs have, with the states of the runs. */
async function readRuns(id: string): Promise<readonly { x: unknown; state: string }[]> {
  const sweep = await readSweep(id, "runs(first: 100) { edges { node { state config } } }");
  return pickList(sweep, "runs", "edges").map((edge) => {
    const config: unknown = JSON.parse(pickString(edge, "node", "config"));
    return { x: pick(config, "x", "value"), state: pickString(edge, "node", "state") };
  });
}

async function createSweep(config: unknown): Promise<string> {
  const data = await wire.query(
    `mutation ($config: String, $project: String) {
      upsertSweep(input: {config: $config, projectName: $project}) { sweep { id name } configValidationWarnings } }`,
    { config: JSON.stringify(config), project },
  );
  expect(pick(data, "upsertSweep", "configValidationWarnings")).toEqual([]);
  return pickString(data, "upsertSweep", "sweep", "name");
}

const done = (...values: readonly number[]): readonly object[] =>
  values.map((x) => ({ x, state: "finished" }));

describe("whole sweeps", () => {
  it("of a grid are carried out by `wandb agent`, which starts the program of the config", async () => {
    const id = await createSweep(grid(1, 2));
    await using client = await PythonClient.create(server);
    await writeFile(join(client.home, "train.py"), train);
    const agent = await client.start("sweep_program.py", {
      args: { sweep: `${entity}/${project}/${id}` },
      expectQuiet: false,
    });
    await agent.finish();
    expect(await readRuns(id)).toEqual(done(1, 2));
    expect(
      await readSweep(id, "state bestLoss runCount runCountExpected agents { edges { node { totalRuns } } }"),
    ).toEqual({
      state: "FINISHED",
      bestLoss: 1,
      runCount: 2,
      runCountExpected: 2,
      agents: { edges: [{ node: { totalRuns: 2 } }] },
    });
  });

  it("of random points go up to their cap, after the runs of before that they are given", async () => {
    await using client = await PythonClient.create(server);
    const parameters = { x: { min: 0.5, max: 1.5 } };
    const config = { method: "random", metric, parameters, run_cap: 2 };
    const run = await client.run("sweep_function.py", { args: { project, config, prior_runs: ["before"] } });
    const tried = pickList(run.value, "tried");
    expect(tried).toHaveLength(2);
    for (const each of tried) expect(pick(each, "sweep")).toBe(pick(run.value, "sweep"));
    const id = pickString(run.value, "sweep");
    expect(await readSweep(id, "state runCount priorRunsFilters")).toEqual({
      state: "FINISHED",
      runCount: 2,
      priorRunsFilters: '{"$or": [{"name": "before"}]}',
    });
  });

  it("that learn from their runs are carried out by several agents at once, without doing anything twice", async () => {
    const parameters = { x: { distribution: "int_uniform", min: 0, max: 1000 } };
    const id = await createSweep({ method: "bayes", metric, parameters, run_cap: 6 });
    await using one = await PythonClient.create(server);
    await using two = await PythonClient.create(server);
    const args = { project, sweep: `${entity}/${project}/${id}`, best: 300 };
    const runs = await Promise.all([
      one.run("sweep_function.py", { args }),
      two.run("sweep_function.py", { args }),
    ]);
    const tried = runs.flatMap(({ value }) => pickList(value, "tried").map((each) => pick(each, "x")));
    expect(tried).toHaveLength(6);
    expect(new Set(tried).size).toBe(6);
    expect(await readSweep(id, "state")).toEqual({ state: "FINISHED" });
  });

  it("end runs early that do worse than the others", async () => {
    await using client = await PythonClient.create(server);
    const config = {
      ...grid(1, 2, 500),
      early_terminate: { type: "hyperband", max_iter: 4, s: 1, eta: 2 },
    };
    const run = await client.run("sweep_function.py", {
      args: { project, config, long: 500, pause: 0.25 },
      expectQuiet: false,
    });
    const runs = await readRuns(pickString(run.value, "sweep"));
    expect(runs).toEqual([...done(1, 2), { x: 500, state: "killed" }]);
  });
});

describe("the `wandb sweep` command", () => {
  it("creates, pauses, resumes, stops and cancels, and says what is wrong with a config once", async () => {
    await using client = await PythonClient.create(server);
    const config = "method: grid\nprogram: train.py\nparameters:\n  x: {values: [1]}\n";
    const nonsense = "method: grid\nprogram: train.py\nparameters:\n  x: {min: 5.0, max: 1.0}\n";
    const before = pick(await countSweeps(), "totalSweeps");
    const { value } = await client.run("sweep_commands.py", {
      args: { project, config, nonsense },
      expectQuiet: false,
    });
    expect(pick(value, "states")).toEqual([
      "PENDING",
      "RUNNING",
      "PAUSED",
      "RUNNING",
      "FINISHED",
      "RUNNING",
      "CANCELED",
    ]);
    expect(pick(value, "codes")).toEqual([0, 0, 0, 0, 0, 0]);
    expect(pick(value, "refused", "code")).not.toBe(0);
    expect(pick(await countSweeps(), "totalSweeps")).toBe(Number(before) + 1);
  });
});

async function countSweeps(): Promise<unknown> {
  const query = "query ($e: String, $p: String) { project(name: $p, entityName: $e) { totalSweeps } }";
  return pick(await wire.query(query, { e: entity, p: project }), "project");
}

describe("when things go wrong", () => {
  it("another agent goes on when one is killed in the middle of a run", async () => {
    const id = await createSweep(grid(1, 2));
    await using first = await PythonClient.create(server);
    await using second = await PythonClient.create(server);
    const args = { project, sweep: `${entity}/${project}/${id}` };
    const killed = await first.start("sweep_function.py", {
      args: { ...args, steps: 200, pause: 0.5 },
      exitCode: null,
      expectQuiet: false,
    });
    await eventually(
      () => readRuns(id),
      (runs) => runs.some(({ state }) => state === "running"),
    );
    killed.killGroup();
    await second.run("sweep_function.py", { args, expectQuiet: false });
    const runs = await readRuns(id);
    expect(runs.map(({ x }) => x)).toEqual([1, 2]);
    expect(runs[1]).toEqual({ x: 2, state: "finished" });
  });

  it("an agent ends when its sweep is deleted", async () => {
    const id = await createSweep(grid(1, 2, 3, 4, 5, 6, 7, 8, 9));
    await using client = await PythonClient.create(server);
    const agent = await client.start("sweep_function.py", {
      args: { project, sweep: `${entity}/${project}/${id}`, steps: 4, pause: 0.5 },
      expectQuiet: false,
    });
    await eventually(
      () => readRuns(id),
      (runs) => runs.some(({ state }) => state === "running"),
    );
    const globalId = pickString(await readSweep(id, "id"), "id");
    await wire.query("mutation ($id: ID!) { deleteSweep(input: {id: $id}) { success } }", { id: globalId });
    const run = await agent.finish();
    expect(run.stderr + run.stdout).toContain("Sweep was deleted");
    expect(pickList(run.value, "tried").length).toBeLessThan(9);
  });

  it("every point is tried once though the server is killed and started again", async () => {
    const id = await createSweep(grid(1, 2, 3));
    await using client = await PythonClient.create(server);
    const agent = await client.start("sweep_function.py", {
      args: { project, sweep: `${entity}/${project}/${id}`, steps: 3, pause: 0.3 },
      expectQuiet: false,
    });
    await eventually(
      () => readRuns(id),
      (runs) => runs.some(({ state }) => state === "running"),
    );
    await server.kill();
    await server.restart();
    const run = await agent.finish();
    expect(pickList(run.value, "tried").map((each) => pick(each, "x"))).toEqual([1, 2, 3]);
    expect(await readRuns(id)).toEqual(done(1, 2, 3));
  });
});
