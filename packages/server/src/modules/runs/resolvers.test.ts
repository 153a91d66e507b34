import { isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";

let bench: TestBench;
let authorization: string;

beforeEach(async () => {
  bench = await openTestBench();
  authorization = await bench.authorize(await bench.createCaller("ann"));
});

afterEach(() => bench.close());

/** Sends a document as clients do and gives back its data. */
async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<JsonValue> {
  const response = await bench.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization, "content-type": "application/json" },
    payload: JSON.stringify({ query, variables, operationName: "" }),
  });
  expect(response.statusCode).toBe(200);
  const answer = parseJson(response.body);
  expect(answer).not.toHaveProperty("errors");
  return isJsonObject(answer) ? (answer["data"] ?? null) : null;
}

async function askForErrors(query: string): Promise<JsonValue> {
  const headers = { authorization, "content-type": "application/json" };
  const response = await bench.app.inject({
    method: "POST",
    url: "/graphql",
    headers,
    payload: JSON.stringify({ query }),
  });
  const answer = parseJson(response.body);
  return isJsonObject(answer) ? (answer["errors"] ?? null) : null;
}

/** What is asked of the run `r`. */
async function askRun(fields: string): Promise<JsonObject> {
  const data = await ask(`{ project(name: "p", entityName: "ann") { run(name: "r") { ${fields} } } }`);
  expect(data).toMatchObject({ project: { run: {} } });
  const project = isJsonObject(data) ? data["project"] : undefined;
  const run = isJsonObject(project) ? project["run"] : undefined;
  return isJsonObject(run) ? run : {};
}

const anyText: unknown = expect.any(String);
const inventedName: unknown = expect.stringMatching(/^[a-z]+-[a-z]+-1$/);

const UPSERT = `mutation UpsertBucket($id: String, $name: String, $project: String, $entity: String, $config: JSONString,
  $displayName: String, $summaryMetrics: JSONString, $tags: [String!]) {
  upsertBucket(input: {id: $id, name: $name, modelName: $project, entityName: $entity, config: $config,
    displayName: $displayName, summaryMetrics: $summaryMetrics, tags: $tags, debug: false, host: "h"}) {
    bucket { id name displayName description config sweepName project { id name entity { id name } } historyLineCount }
    inserted
  }
}`;

async function createRun(variables: Readonly<Record<string, unknown>> = {}): Promise<JsonValue> {
  return ask(UPSERT, { id: null, name: "r", project: "p", entity: null, displayName: null, ...variables });
}

async function send(files: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const entries = Object.entries(files).map(([name, content]) => [name, { offset: 0, content }] as const);
  const response = await bench.app.inject({
    method: "POST",
    url: "/files/ann/p/r/file_stream",
    headers: { authorization, "content-type": "application/json" },
    payload: JSON.stringify({ files: Object.fromEntries(entries) }),
  });
  expect(response.json()).toEqual({ exitcode: null, limits: {} });
}

describe("a new run", () => {
  it("is echoed with its project and the caller's entity", async () => {
    expect(await createRun({ config: '{"a":{"value":NaN}}' })).toEqual({
      upsertBucket: {
        bucket: {
          id: btoa("Run:1:1"),
          name: "r",
          displayName: inventedName,
          description: null,
          config: '{"a":{"value":NaN}}',
          sweepName: null,
          project: { id: btoa("Project:1"), name: "p", entity: { id: anyText, name: "ann" } },
          historyLineCount: 0,
        },
        inserted: true,
      },
    });
    expect(await createRun()).toMatchObject({ upsertBucket: { inserted: false } });
  });

  it("shows everything that the public client reads of a run", async () => {
    await createRun({ tags: ["a"], summaryMetrics: '{"x":9007199254740993}' });
    expect(
      await askRun(`id tags name displayName sweepName state config group jobType commit readOnly createdAt
        heartbeatAt description notes systemMetrics summaryMetrics historyLineCount user { name username } historyKeys
        projectId running failed stopped shouldStop exitcode host fileCount`),
    ).toMatchObject({
      tags: ["a"],
      state: "running",
      readOnly: false,
      createdAt: "2026-01-01T12:00:00.000Z",
      heartbeatAt: "2026-01-01T12:00:00.000Z",
      systemMetrics: null,
      summaryMetrics: '{"x":9007199254740993}',
      historyLineCount: 0,
      user: { name: "ann", username: "ann" },
      historyKeys: { lastStep: -1, keys: {}, sets: [] },
      projectId: 1,
      running: true,
      failed: false,
      stopped: false,
      shouldStop: false,
      exitcode: null,
      host: "h",
      fileCount: 0,
    });
  });

  it("keeps an author who was deleted", async () => {
    await createRun();
    const user = await bench.stores.users.find({ username: "ann" });
    const root = await bench.createCaller("root");
    authorization = await bench.authorize({ ...root, user: { ...root.user } });
    await bench.stores.projects.upsert({
      entityId: user?.entityId ?? 0,
      name: "p",
      userId: 1,
      now: bench.clock.now(),
      access: "USER_READ",
    });
    await bench.stores.users.delete({ userId: user?.id ?? 0, deletedAt: bench.clock.now() });
    expect(await askRun("user { name username } readOnly")).toEqual({
      user: { name: "ann", username: "ann" },
      readOnly: true,
    });
  });

  it("is null when it is missing, without an error", async () => {
    await createRun();
    expect(await ask('{ project(name: "p", entityName: "ann") { run(name: "none") { id } } }')).toEqual({
      project: { run: null },
    });
    expect(await ask('{ model(name: "none") { bucket(name: "r", missingOk: true) { id } } }')).toEqual({
      model: null,
    });
  });
});

describe("a run to resume", () => {
  const STATUS = `id name summaryMetrics displayName logLineCount historyLineCount eventsLineCount historyTail eventsTail
    config tags notes wandbConfig(keys: ["t"])`;

  it("counts as existing only when its process has been there", async () => {
    await createRun({ config: '{"lr":{"value":1}}' });
    expect((await askRun(STATUS))["wandbConfig"]).toBeNull();
    await createRun({ config: '{"_wandb":{"value":{"t":{"1":[5]},"m":[]}}}' });
    expect((await askRun(STATUS))["wandbConfig"]).toBe('{"t":{"1":[5]}}');
  });

  it("has every count, tail and text that its client needs", async () => {
    await createRun();
    expect(await askRun(STATUS)).toMatchObject({
      summaryMetrics: "{}",
      config: "{}",
      logLineCount: 0,
      historyLineCount: 0,
      eventsLineCount: 0,
      historyTail: "[]",
      eventsTail: "[]",
      tags: [],
    });
    await send({
      "wandb-history.jsonl": ['{"_step":0,"_runtime":1.5}', '{"_step":7,"_runtime":2.5}'],
      "wandb-events.jsonl": ['{"system.cpu":1,"_runtime":3}'],
      "output.log": ["a", "b", "c"],
    });
    expect(await askRun(STATUS)).toMatchObject({
      logLineCount: 3,
      historyLineCount: 2,
      eventsLineCount: 1,
      historyTail: JSON.stringify(['{"_step":0,"_runtime":1.5}', '{"_step":7,"_runtime":2.5}']),
      eventsTail: JSON.stringify(['{"system.cpu":1,"_runtime":3}']),
    });
  });
});

describe("a run's history", () => {
  beforeEach(async () => {
    await createRun();
    await send({
      "wandb-history.jsonl": [
        '{"_step":0,"loss":1,"id":9007199254740993}',
        '{"_step":1,"acc":NaN}',
        '{"_step":2,"loss":0.1,"dict":{"val1":1.0}}',
      ],
      "wandb-events.jsonl": ['{"system.cpu":1.5,"_runtime":1}', '{"system.cpu":2.5,"_runtime":2}'],
      "output.log": ["2026-11-20T21:51:35.549510 hello", "ERROR 2026-11-20T21:51:36.000000 oh"],
    });
  });

  it("comes as it was logged, in windows whose end is outside", async () => {
    const page = await ask(
      `query HistoryPage($entity: String!, $project: String!, $run: String!, $minStep: Int64!, $maxStep: Int64!, $pageSize: Int!) {
        project(name: $project, entityName: $entity) { run(name: $run) {
          history(minStep: $minStep, maxStep: $maxStep, samples: $pageSize) } } }`,
      { entity: "ann", project: "p", run: "r", minStep: 0, maxStep: 2, pageSize: 1000 },
    );
    const rows = ['{"_step":0,"loss":1,"id":9007199254740993}', '{"_step":1,"acc":NaN}'];
    expect(page).toEqual({ project: { run: { history: rows } } });
  });

  it("comes by keys as values, in windows whose end is inside", async () => {
    const spec = (keys: readonly string[], more: Readonly<Record<string, unknown>> = {}): string =>
      JSON.stringify({ keys, samples: 500, ...more });
    const data = await ask(
      `query Sampled($specs: [JSONString!]!) { project(name: "p", entityName: "ann") { run(name: "r") {
        sampledHistory(specs: $specs) } } }`,
      {
        specs: [
          spec(["_step", "loss"]),
          spec(["_step", "acc", "_step"], { minStep: 1, maxStep: 1 }),
          spec(["id"]),
          spec(["_step", "acc", "dict.val1"], { mode: "union" }),
        ],
      },
    );
    expect(data).toEqual({
      project: {
        run: {
          sampledHistory: [
            [
              { _step: 0, loss: 1 },
              { _step: 2, loss: 0.1 },
            ],
            [{ _step: 1, acc: "NaN" }],
            [{ id: 9007199254740993n }],
            [
              { _step: 1, acc: "NaN" },
              { _step: 2, "dict.val1": 1 },
            ],
          ],
        },
      },
    });
  });

  it("takes one spec where a list is asked for, even an empty one", async () => {
    const run = await askRun('sampledHistory(specs: "{}")');
    expect(run["sampledHistory"]).toMatchObject([[{ _step: 0 }, { _step: 1 }, { _step: 2 }]]);
  });

  it("has keys with their last values", async () => {
    expect((await askRun("historyKeys"))["historyKeys"]).toMatchObject({
      lastStep: 2,
      keys: { loss: { previousValue: 0.1, typeCounts: [{ type: "number", count: 2 }] }, "dict.val1": {} },
    });
  });

  it("has no files of its own yet, which sends clients to the rows", async () => {
    expect(await askRun('parquetHistory(liveKeys: ["_step"]) { parquetUrls liveData }')).toEqual({
      parquetHistory: { parquetUrls: [], liveData: [{ _step: 0 }] },
    });
  });

  it("has system metrics and console lines", async () => {
    expect(await askRun("events(samples: 1) systemMetrics logLineCount")).toEqual({
      events: ['{"system.cpu":2.5,"_runtime":2}'],
      systemMetrics: '{"system.cpu":2.5,"_runtime":2}',
      logLineCount: 2,
    });
    const page = await askRun(
      `logLines(first: 1, useImprovedPagination: true) { edges { node { number timestamp level label line } }
        pageInfo { endCursor hasNextPage } }`,
    );
    expect(page).toEqual({
      logLines: {
        edges: [
          {
            node: { number: 0, timestamp: "2026-11-20T21:51:35.549510", level: "", label: "", line: "hello" },
          },
        ],
        pageInfo: { endCursor: anyText, hasNextPage: true },
      },
    });
    expect(await askRun("logLines(last: 1) { edges { node { number level line } } }")).toEqual({
      logLines: { edges: [{ node: { number: 1, level: "error", line: "oh" } }] },
    });
  });

  it("can be taken back", async () => {
    const data = await ask(`mutation { rewindRun(input: {runName: "r", entityName: "ann", projectName: "p",
      metricName: "_step", metricValue: 0}) { rewoundRun { name historyLineCount } } }`);
    expect(data).toEqual({ rewindRun: { rewoundRun: { name: "r", historyLineCount: 1 } } });
    expect((await askRun("historyKeys"))["historyKeys"]).toMatchObject({ lastStep: 0 });
  });

  it("refuses a spec that is none, with a code", async () => {
    const errors = await askForErrors(
      '{ project(name: "p", entityName: "ann") { run(name: "r") { sampledHistory(specs: "[1]") } } }',
    );
    expect(errors).toMatchObject([{ extensions: { code: "invalid_argument" } }]);
  });
});

describe("the runs of a project", () => {
  it("are listed with cursors and the exact total", async () => {
    for (const name of ["a", "b", "c"]) await createRun({ name });
    const data = await ask(
      `query Runs($project: String!, $entity: String!, $cursor: String, $perPage: Int = 50, $order: String, $filters: JSONString) {
        project(name: $project, entityName: $entity) { internalId runCount(filters: $filters) readOnly
          runs(filters: $filters, after: $cursor, first: $perPage, order: $order) {
            edges { node { name historyLineCount user { username } } cursor } pageInfo { endCursor hasNextPage } totalCount } } }`,
      { project: "p", entity: "ann", cursor: null, perPage: 2, order: "+created_at", filters: "{}" },
    );
    expect(data).toMatchObject({
      project: {
        runCount: 3,
        readOnly: false,
        runs: {
          edges: [{ node: { name: "a", historyLineCount: 0 } }, { node: { name: "b" } }],
          pageInfo: { hasNextPage: true },
          totalCount: 3,
        },
      },
    });
  });

  it("refuse a filter that they do not know, with a code", async () => {
    await createRun();
    const errors = await askForErrors(
      '{ project(name: "p", entityName: "ann") { runs(filters: "{\\"a\\":{\\"$odd\\":1}}") { totalCount } } }',
    );
    expect(errors).toMatchObject([{ extensions: { code: "invalid_argument" } }]);
  });
});

describe("a run's end", () => {
  it("is asked for, set and made by its global id", async () => {
    await createRun();
    const id = btoa("Run:1:1");
    expect(await ask("mutation S($id: ID!) { stopRun(input: {id: $id}) { success } }", { id })).toEqual({
      stopRun: { success: true },
    });
    expect(await askRun("stopped shouldStop")).toEqual({ stopped: true, shouldStop: true });
    expect(
      await ask("mutation U($input: UpdateRunStateInput!) { updateRunState(input: $input) { success } }", {
        input: { id, state: "failed" },
      }),
    ).toEqual({ updateRunState: { success: true } });
    expect(await askRun("state failed running")).toEqual({ state: "failed", failed: true, running: false });
    expect(
      await ask("mutation D($id: ID!) { deleteRun(input: {id: $id}) { clientMutationId } }", { id }),
    ).toEqual({ deleteRun: { clientMutationId: null } });
    expect(await ask('{ project(name: "p") { run(name: "r") { id } runCount } }')).toEqual({
      project: { run: null, runCount: 0 },
    });
  });

  it("takes the artifacts along when there are none", async () => {
    await createRun();
    const input = { id: btoa("Run:1:1"), deleteArtifacts: true };
    expect(
      await ask("mutation D($input: DeleteRunInput!) { deleteRun(input: $input) { clientMutationId } }", {
        input,
      }),
    ).toEqual({ deleteRun: { clientMutationId: null } });
  });

  it("is not made by an id of something else", async () => {
    await createRun();
    const errors = await askForErrors(
      `mutation { stopRun(input: {id: "${btoa("Project:1")}"}) { success } }`,
    );
    expect(errors).toMatchObject([{ extensions: { code: "invalid_argument" } }]);
  });
});

describe("how a run was started", () => {
  it("is read from the config, with what the run itself says before it", async () => {
    const environment = {
      program: "train.py",
      args: ["--lr", "1"],
      os: "Linux",
      python: "CPython 3.12",
      cpu_count: 4,
      gpu_count: 1,
      gpu: "A100",
      git: { remote: "git@example.com:a/b", commit: "abc" },
    };
    await createRun({ config: JSON.stringify({ _wandb: { value: { e: { writer: environment } } } }) });
    expect(
      await askRun(
        "runInfo { program args os python cpuCount gpuCount gpu codeSaved git { remote commit } }",
      ),
    ).toEqual({
      runInfo: {
        program: "train.py",
        args: ["--lr", "1"],
        os: "Linux",
        python: "CPython 3.12",
        cpuCount: 4,
        gpuCount: 1,
        gpu: "A100",
        codeSaved: false,
        git: { remote: "git@example.com:a/b", commit: "abc" },
      },
    });
  });

  it("is empty for a run that did not say", async () => {
    await createRun();
    expect(await askRun("runInfo { program git { commit } }")).toEqual({
      runInfo: { program: null, git: null },
    });
  });
});

describe("an alert of a run", () => {
  it("is taken", async () => {
    await createRun();
    const data = await ask(
      `mutation N($severity: AlertSeverity = INFO, $waitDuration: Duration) { notifyScriptableRunAlert(input: {
        entityName: "ann", projectName: "p", runName: "r", title: "t", text: "x", severity: $severity,
        waitDuration: $waitDuration}) { success } }`,
      { waitDuration: 60000 },
    );
    expect(data).toEqual({ notifyScriptableRunAlert: { success: true } });
  });
});

describe("files of a run, asked for as clients before 0.15 do", () => {
  const query = `query Model($files: [String]!) { model(name: "p", entityName: "ann") { bucket(name: "r", desc: "d") {
    id files(names: $files) { uploadHeaders edges { node { name url(upload: true) updatedAt } } } } } }`;

  it("are announced and answered with addresses to upload to", async () => {
    await createRun();
    const answer = await ask(query, { files: ["config.yaml", "media/a.png"] });
    const url: unknown = expect.stringMatching(/^http/u);
    const edges = ["config.yaml", "media/a.png"].map((name) => ({ node: { name, url } }));
    expect(answer).toMatchObject({ model: { bucket: { files: { uploadHeaders: [], edges } } } });
  });

  it("are only listed when nothing is to be uploaded", async () => {
    await createRun();
    const listed = await askRun(`files(names: ["config.yaml"]) { edges { node { name url } } }`);
    expect(listed).toEqual({ files: { edges: [] } });
  });
});
