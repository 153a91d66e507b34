// Python's `wandb.Api` and ours read the same sweep, which Python made and carried out; and ours adds a run that a real
// agent carries out.
import { Api } from "@steelyard/client";
import type { Agent, Sweep } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { PythonClient } from "../python/run-python.ts";
import { pick, pickList, pickString } from "../wire/wire.ts";
import { compare } from "./compare.ts";

const project = "searches";
const config = {
  method: "grid",
  name: "tune",
  description: "a small grid",
  metric: { name: "acc", goal: "maximize" },
  parameters: {
    x: { values: [1, 2, 3] },
    net: { parameters: { rate: { value: 0.001 }, label: { value: "1e-3" } } },
  },
};

it("reads sweeps, their runs and their agents as Python does", async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  const { exact, value } = await client.run("read_sweeps.py", { args: { project, config } });
  const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
  const path = `${(await api.defaultEntity()) ?? ""}/${project}`;
  const reading = await read(api, path, pickString(value, "id"));
  expect(compare(exact, { id: pickString(value, "id"), reading })).toEqual([]);
}, 120_000);

it("adds a run that an agent gets before anything else", async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
  const created = await api.graphql(
    `mutation ($config: String, $project: String) {
      upsertSweep(input: { config: $config, projectName: $project }) { sweep { name } } }`,
    { config: JSON.stringify({ ...config, parameters: { x: { values: [1] } } }), project },
  );
  const id = pickString(created, "upsertSweep", "sweep", "name");
  const sweep = await api.sweep(`${project}/${id}`);
  const runId = await sweep.enqueueRun({ x: 7 }, { displayName: "mine" });
  const args = { project, sweep: `${sweep.entity}/${project}/${id}`, count: 1 };
  const { value } = await client.run("sweep_function.py", { args });
  expect(pickList(value, "tried").map((each) => [pick(each, "id"), pick(each, "x")])).toEqual([[runId, 7]]);
  const run = await api.run(`${project}/${runId}`);
  expect([run.name, run.state, (await run.sweep())?.id]).toEqual(["mine", "finished", id]);
}, 120_000);

async function read(api: Api, path: string, id: string): Promise<Readonly<Record<string, unknown>>> {
  const sweep = await api.sweep(`${path}/${id}`);
  const listed = await api.project(project);
  const agents = await sweep.agents();
  const [first] = agents;
  const runs = first?.runs({ perPage: 2 });
  const firstRun = await sweep.runs.at(0);
  const fromPath = await api.fromPath(`${path}/sweeps/${id}`);
  return {
    sweep: sweepFacts(sweep),
    "from path": "bestLoss" in fromPath ? sweepFacts(fromPath) : null,
    sweeps: (await listed.sweeps().toArray()).map(sweepFacts),
    "sweeps filtered": (await listed.sweeps({ filters: { state: "PAUSED" } }).toArray()).map(
      (each) => each.id,
    ),
    "sweeps counted": await listed.sweeps().length(),
    runs: (await sweep.runs.toArray()).map((run) => [run.id, run.config, run.state]),
    "run's sweep": await sweepOf(api, `${path}/${firstRun?.id ?? ""}`),
    "best run": (await sweep.bestRun())?.id,
    "best run by another metric": (await sweep.bestRun("-other"))?.id,
    agents: agents.map(agentFacts),
    agent: agentFacts(await sweep.agent(first?.name ?? "")),
    "agent's runs": (await runs?.toArray())?.map((run) => run.id),
    "agent's runs counted": await runs?.length(),
  };
}

async function sweepOf(api: Api, path: string): Promise<unknown> {
  const sweep = await (await api.run(path)).sweep();
  return sweep === null ? null : sweepFacts(sweep);
}

function sweepFacts(sweep: Sweep): Readonly<Record<string, unknown>> {
  const { id, entity, project: name, displayName, method, state, description, bestLoss } = sweep;
  const { runCount, expectedRunCount, config: searched, order, path, url } = sweep;
  const times = { createdAt: sweep.createdAtText, updatedAt: sweep.updatedAtText };
  const facts = {
    id,
    entity,
    project: name,
    name: sweep.name,
    displayName,
    method,
    state,
    description,
    bestLoss,
  };
  return { ...facts, ...times, runCount, expectedRunCount, config: searched, order, path, url };
}

function agentFacts(agent: Agent): Readonly<Record<string, unknown>> {
  const { id, name, host, state, totalRuns } = agent;
  return {
    id,
    name,
    host,
    state,
    totalRuns,
    createdAt: agent.createdAtText,
    heartbeatAt: agent.heartbeatAtText,
  };
}
