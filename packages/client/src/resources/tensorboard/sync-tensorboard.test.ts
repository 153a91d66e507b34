import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isJsonArray, isJsonObject, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import { describe, expect, it } from "vitest";

import { joined, record, scalarEvent, scalarFile } from "../../../test/event-file-writer.ts";
import { runAnswer, runData, textOf } from "../../../test/run-data.ts";
import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import type {
  Api,
  ApiOptions,
  TensorboardDamage,
  TensorboardFile,
  TensorboardProgress,
} from "../../index.ts";
import { createNodePlatform } from "../../node/platform.ts";

interface Setup extends AsyncDisposable {
  readonly api: Api;
  /** The history as the posts left it. */
  readonly rows: () => readonly JsonObject[];
  readonly files: Map<string, Buffer>;
  readonly config: () => unknown;
  readonly isComplete: () => boolean;
}

/** A server that keeps the lines, files and config of one run. */
async function setUp(options: ApiOptions = {}): Promise<Setup> {
  const lines: string[] = [];
  const files = new Map<string, Buffer>();
  let config: unknown;
  let isComplete = false;
  const bucket = { id: "b", name: "r1", project: { name: "shop", entity: { name: "team" } } };
  const graphql = graphqlScript({
    ServerFeatures: { serverInfo: { features: [] } },
    CreateRun: { upsertBucket: { bucket, inserted: true } },
    Run: runAnswer(runData("r1")),
    UpdateRun: (variables: JsonObject) => {
      config = variables["config"];
      return { upsertBucket: { bucket: runData("r1"), inserted: false } };
    },
    CreateRunFiles: ({ files: names }: JsonObject) => ({
      createRunFiles: {
        runID: "b",
        uploadHeaders: [],
        files: isJsonArray(names)
          ? names.map((name) => ({ name, uploadUrl: `/upload/${textOf(name)}` }))
          : [],
      },
    }),
  });
  const server = await startScriptedServer((request) => {
    if (request.path === "/graphql") return graphql(request);
    if (request.method === "PUT") {
      files.set(decodeURIComponent(request.path.slice("/upload/".length)), request.body);
      return {};
    }
    const body = parseJsonObject(request.body.toString());
    const history = isJsonObject(body["files"]) ? body["files"]["wandb-history.jsonl"] : null;
    if (isJsonObject(history) && isJsonArray(history["content"]))
      lines.splice(Number(history["offset"]), Infinity, ...history["content"].map(String));
    isComplete ||= body["complete"] === true;
    return { body: {} };
  });
  return {
    api: testApi(server, options),
    rows: () => lines.map((line) => parseJsonObject(line)),
    files,
    config: () => config,
    isComplete: () => isComplete,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const file = (name: string, content: Uint8Array<ArrayBuffer>): TensorboardFile => ({
  name,
  content: new Blob([content]),
});
const losses = (steps: readonly number[]): Uint8Array<ArrayBuffer> =>
  scalarFile(steps.map((step) => ({ tag: "loss", value: step / 2, step })));

describe("api.syncTensorboard", () => {
  it("writes files that a page was given into a run, with their folders as namespaces", async () => {
    await using test = await setUp();
    const progress: TensorboardProgress[] = [];
    const run = await test.api.syncTensorboard(
      [
        file("logs/train/events.out.tfevents.1", losses([0, 1, 2])),
        file("logs/eval/events.out.tfevents.2", losses([1])),
        file("logs/readme.txt", new Uint8Array()),
      ],
      { runId: "r1", onProgress: (one) => progress.push(one) },
    );
    expect(run.id).toBe("r1");
    expect(test.rows()).toMatchObject([
      { "train/loss": 0, "train/global_step": 0, global_step: 0, _step: 0, _runtime: 0 },
      { "train/loss": 0.5, "eval/loss": 0.5, global_step: 1, _step: 1, _runtime: 1 },
      { "train/loss": 1, global_step: 2, _step: 2, _runtime: 2 },
    ]);
    expect([...test.files.keys()]).toEqual(["eval/events.out.tfevents.2", "train/events.out.tfevents.1"]);
    expect(test.isComplete()).toBe(true);
    expect(progress.at(-1)).toMatchObject({ files: 2, events: 4, rows: 3, damages: 0 });
  });

  it("reports damaged places, and writes what is whole", async () => {
    await using test = await setUp();
    const damages: TensorboardDamage[] = [];
    const damaged = losses([0, 1, 2]);
    damaged.set([0], damaged.length - 6); // in the content of the last record
    await test.api.syncTensorboard(
      [file("a/x.tfevents.1", damaged), file("b/x.tfevents.2", losses([0, 1]).slice(0, -3))],
      { saveFiles: false, onDamage: (damage) => damages.push(damage) },
    );
    expect(test.rows()).toMatchObject([{ "a/loss": 0, "b/loss": 0 }, { "a/loss": 0.5 }]);
    expect(damages.map(({ path, kind }) => [path, kind]).sort()).toEqual([
      ["a/x.tfevents.1", "record"],
      ["b/x.tfevents.2", "torn"],
    ]);
    expect(test.files.size).toBe(0);
  });

  it("merges many files by their times and writes the same again when it is done again", async () => {
    await using test = await setUp();
    const files = Array.from({ length: 40 }, (_, index) =>
      file(`x.tfevents.${index}`, losses([index, index + 40, index + 80])),
    );
    await test.api.syncTensorboard(files, { runId: "r1", saveFiles: false });
    const first = test.rows();
    expect(first.map((row) => row["global_step"])).toEqual([...Array(120).keys()]);
    await test.api.syncTensorboard(files, { runId: "r1", saveFiles: false });
    expect(test.rows()).toEqual(first);
  });

  it("refuses a place without event files before it makes a run", async () => {
    await using test = await setUp();
    await expect(test.api.syncTensorboard([])).rejects.toMatchObject({ name: "ValueError" });
    await expect(test.api.syncTensorboard("/logs")).rejects.toMatchObject({ name: "UnsupportedError" });
    expect(test.isComplete()).toBe(false);
  });

  it("ends at once when it is aborted, and leaves the run open", async () => {
    await using test = await setUp();
    const stop = new AbortController();
    const reason = new Error("enough");
    const onProgress = (): void => {
      stop.abort(reason);
    };
    const many = losses(Array.from({ length: 5_000 }, (_, step) => step));
    await expect(
      test.api.syncTensorboard([file("x.tfevents.1", many)], { signal: stop.signal, onProgress }),
    ).rejects.toBe(reason);
    expect(test.isComplete()).toBe(false);
    expect(test.rows().length).toBeLessThan(5_000);
  });

  it("follows files that grow and folders that appear until it is told to end", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sy-tb-"));
    try {
      const until = new AbortController();
      const path = join(folder, "train", "x.tfevents.1");
      const written = [
        async () => appendFile(path, record(scalarEvent({ tag: "loss", value: 1, step: 1 })).slice(0, 20)),
        async () => appendFile(path, record(scalarEvent({ tag: "loss", value: 1, step: 1 })).slice(20)),
        async () => {
          await mkdir(join(folder, "eval"));
          await writeFile(join(folder, "eval", "x.tfevents.2"), losses([1]));
        },
        async () => {
          await appendFile(path, record(scalarEvent({ tag: "loss", value: 2, step: 2 })));
          until.abort();
        },
      ];
      // Each pause between two looks is when the training writes.
      const clock = {
        now: () => Date.now(),
        random: () => 0.5,
        sleep: async () => written.shift()?.(),
      };
      await using test = await setUp({ platform: createNodePlatform({ environment: {} }), clock });
      const damages: TensorboardDamage[] = [];
      await mkdir(join(folder, "train"));
      await writeFile(path, joined([losses([0])]));
      await test.api.syncTensorboard(folder, {
        follow: { until: until.signal },
        onDamage: (one) => damages.push(one),
      });
      expect(damages).toEqual([]);
      expect(test.rows()).toMatchObject([
        { "train/loss": 0, _step: 0 },
        { "train/loss": 1, "eval/loss": 0.5, _step: 1 },
        { "train/loss": 2, _step: 2 },
      ]);
      expect([...test.files.keys()]).toEqual(["eval/x.tfevents.2", "train/x.tfevents.1"]);
      expect(test.isComplete()).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
