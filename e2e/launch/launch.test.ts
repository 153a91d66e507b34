/** Jobs on their whole way: made by a run, added to a queue from Python and TypeScript, run by the real agent. */
import { Api, CommError, LaunchError, NotFoundError, ValueError } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import type { TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../eventually.ts";
import { PythonClient } from "../python/run-python.ts";
import { ENTRYPOINT, JOB, makeJob, startAgent } from "./job-code.ts";

const job = `tester/${JOB}`;

let server: TestServer;
let client: PythonClient;
let api: Api;

beforeAll(async () => {
  server = await startTestServer();
  client = await PythonClient.create(server);
  api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url, entity: "tester" } });
  await makeJob(client);
}, 120_000);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await server.stop();
});

describe("a job", () => {
  it("is made by a run with code and says what it takes", async () => {
    expect(
      (await api.listJobs("tester", "demo")).map(({ name, versions }) => [name, versions.length]),
    ).toEqual([["job-source-demo-train.py", 1]]);
    const found = await api.job(job);
    expect(found).toMatchObject({ name: job, info: { source_type: "artifact" } });
    await expect(found.call({ lr: "high" })).rejects.toThrow(ValueError);
    await expect(found.call({ depth: 3 })).rejects.toThrow(/"depth" is no input of the job/);
    await expect(found.call({}, { queue: "nowhere" })).rejects.toThrow(NotFoundError);
    await expect(api.job("tester/demo/nothing:latest")).rejects.toThrow(NotFoundError);
    await expect(api.job("demo/nothing")).rejects.toThrow(ValueError);
  });

  it("goes from push to finished run, and one that fails says so", async () => {
    const queue = await api.createRunQueue("local", "local-process", { prioritizationMode: "V0" });
    const pushed = await client.wandb([
      "launch",
      ...["--job", job, "--queue", "local", "--project", "demo", "--priority", "low"],
      ...["--entry-point", ENTRYPOINT.join(" ")],
      ...["--config", JSON.stringify({ overrides: { run_config: { lr: 0.5 } } })],
    ]);
    expect(pushed.stdout + pushed.stderr).toContain("Added run to queue local");
    const [fromPython] = await queue.items();
    if (fromPython === undefined) throw new Error("nothing was added");
    expect(await fromPython.state()).toBe("pending");

    const found = await api.job(job);
    found.setEntrypoint(ENTRYPOINT);
    const fromTypeScript = await found.call({ lr: 1, epochs: 4 }, { queue: "local", priority: 0 });
    const failing = await found.call({ fails: true }, { queue: "local" });
    // The agent refuses to run an image as a process.
    const spec = {
      entity: "tester",
      project: "demo",
      docker: { docker_image: "none" },
      resource: "local-process",
    };
    const { pushToRunQueueByName } = await api.graphql(PUSH, { spec: JSON.stringify(spec) });
    const { id } = await api.queuedRun("tester", "demo", "local", itemIdOf(pushToRunQueueByName));
    const unstartable = await api.queuedRun("tester", "demo", "local", id);

    const agent = await startAgent(client, "local");
    try {
      const states = new Set<string>();
      const run = await fromTypeScript.waitUntilFinished({
        pollMs: 200,
        signal: AbortSignal.timeout(90_000),
        onProgress: ({ state }) => states.add(state),
      });
      expect(states).toContain("pending");
      expect(run).toMatchObject({ state: "finished", entity: "tester", project: "demo" });
      expect(run.config).toMatchObject({ lr: 1, epochs: 4, fails: false });
      expect(run.summary.get("loss")).toBe(0.25);
      expect((await run.usedArtifacts().toArray()).map(({ type }) => type)).toEqual(["job"]);
      expect(await fromTypeScript.state()).toBe("finished");

      const wait = { pollMs: 200, signal: AbortSignal.timeout(60_000) };
      const failed = await failing.waitUntilFinished(wait);
      expect([failed.state, await failing.state()]).toEqual(["failed", "failed"]);
      const error = await unstartable.waitUntilRunning(wait).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LaunchError);
      expect(error).toMatchObject({ outcome: { state: "failed", runId: null, error: { stage: "agent" } } });

      const python = await client.run("wait_for_queued_run.py", {
        args: { queue: "local", item: fromPython.id, project: "demo" },
        expectQuiet: false,
      });
      // An item of a list does not say where its run is logged.
      expect(fromPython.project).toBe("model-registry");
      const { config } = await fromPython.waitUntilFinished(wait);
      expect(config["lr"]).toBe(0.5);
      expect(python.value).toMatchObject({ state: "finished", item: "finished", lr: 0.5, loss: 0.25 });

      const [listed] = await queue.agents();
      expect(listed?.status).toMatch(/POLLING|RUNNING/);
      // A queue that is deleted under its agent: the agent has nothing left to poll, and ends.
      await eventually(
        async () => (await queue.agents())[0]?.status,
        (status) => status === "POLLING",
        { timeoutMs: 60_000 },
      );
      await queue.delete();
      const { stdout, stderr } = await agent.result;
      expect(stdout + stderr).toContain("Shutting down");
      await expect(fromTypeScript.state()).rejects.toThrow(NotFoundError);
    } finally {
      agent.killGroup();
    }
  }, 240_000);
});

describe("a queue with template variables", () => {
  const templateVariables = { cpu: { schema: { type: "integer", minimum: 1, maximum: 4 } } };

  it("takes values that keep their schemas, and nothing else", async () => {
    const warnings: string[] = [];
    const queue = await api.upsertRunQueue("sized", { cpu: "{{cpu}}", size: "{{size}}" }, "local-process", {
      templateVariables,
      onWarning: (warning) => warnings.push(warning),
    });
    expect(warnings).toEqual(['"{{size}}" is used, but there is no template variable "size"']);
    const found = await api.job(job);
    const call = (values: Record<string, number | string>) =>
      found.call({}, { queue: "sized", templateVariables: values });
    await expect(call({ cpu: 9 })).rejects.toThrow(CommError);
    await expect(call({ cpu: 9 })).rejects.toThrow(/"cpu" is 9; it must be at most 4/);
    await expect(call({})).rejects.toThrow(/needs a value/);
    const refused = await client.wandb(
      ["launch", "--job", job, "--queue", "sized", "--project", "demo", "--set-var", "cpu=9"],
      { exitCode: 1 },
    );
    expect(refused.stdout + refused.stderr).toContain('"cpu" is 9; it must be at most 4');
    expect(await queue.items()).toEqual([]);
    await client.wandb([
      "launch",
      "--job",
      job,
      "--queue",
      "sized",
      "--project",
      "demo",
      "--set-var",
      "cpu=3",
    ]);
    expect(await queue.queuedRuns().length()).toBe(1);
    const { popFromRunQueue } = await api.graphql(POP, { queue: "sized" });
    expect(popFromRunQueue).toMatchObject({
      runSpec: {
        resource_args: { "local-process": { cpu: 3, size: "{{size}}" } },
        template_variables: { cpu: 3 },
      },
    });
  }, 60_000);
});

describe("agents that ask at once", () => {
  it("each get another item", async () => {
    await api.createRunQueue("raced", "local-process");
    const found = await api.job(job);
    const pushed = await Promise.all(Array.from({ length: 4 }, () => found.call({}, { queue: "raced" })));
    const answers = await Promise.all(Array.from({ length: 12 }, () => api.graphql(POP, { queue: "raced" })));
    const taken = answers.flatMap(({ popFromRunQueue }) =>
      popFromRunQueue === null ? [] : [itemIdOf(popFromRunQueue)],
    );
    expect(taken.toSorted()).toEqual(pushed.map(({ id }) => id).toSorted());
  });
});

const PUSH = `mutation Push($spec: JSONString!) {
  pushToRunQueueByName(
    input: { entityName: "tester", projectName: "model-registry", queueName: "local", runSpec: $spec }
  ) { runQueueItemId }
}`;

const POP = `mutation Pop($queue: String!) {
  popFromRunQueue(input: { entityName: "tester", projectName: "model-registry", queueName: $queue }) {
    runQueueItemId
    runSpec
  }
}`;

function itemIdOf(value: unknown): string {
  if (typeof value === "object" && value !== null && "runQueueItemId" in value) {
    return String(value.runQueueItemId);
  }
  throw new Error(`no item in ${JSON.stringify(value)}`);
}
