// The whole way: lines sent over HTTP, sealed by the thread that the server starts, and read again.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startTemporaryServer } from "./temporary.ts";
import type { TemporaryServer } from "./temporary.ts";

let folder: string;
let server: TemporaryServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-sealing-"));
  server = await startTemporaryServer({ dataFolder: folder, sealLines: 40 });
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const line = (step: number): string =>
  `{"_step":${step},"loss":${step / 4},"big":9007199254740993,"nan":NaN}`;

async function send(body: unknown): Promise<void> {
  const path = "/files/admin/p/r/file_stream";
  const response = await server.request(path, {
    method: "POST",
    key: server.adminKey,
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

async function sendLines(offset: number, count: number): Promise<void> {
  const content = Array.from({ length: count }, (_, index) => line(offset + index));
  await send({ files: { "wandb-history.jsonl": { offset, content } } });
}

async function ask(selection: string): Promise<unknown> {
  const query = `{ project(name: "p", entityName: "admin") { run(name: "r") { ${selection} } } }`;
  return server.graphql(query, { key: server.adminKey });
}

/** Files of blobs; digests of keys are their names. */
async function blobFiles(): Promise<number> {
  const entries = await readdir(join(folder, "blobs"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200 && !(await isTrue()); attempt += 1) await delay(50);
  expect(await isTrue()).toBe(true);
}

it("seals a run while it grows and when it ends, and nobody notices", async () => {
  const upsert =
    'mutation { upsertBucket(input: { entityName: "admin", modelName: "p", name: "r" }) { bucket { id } } }';
  await server.graphql(upsert, { key: server.adminKey });
  await sendLines(0, 30);
  const questions = `historyKeys history(samples: 1000)
    sampledHistory(specs: ["{\\"keys\\": [\\"_step\\", \\"loss\\"], \\"samples\\": 7}"])
    historyBuckets(keys: ["loss", "big"], count: 5) { minX maxX series { key buckets counts mins maxs means } }`;
  await sendLines(30, 30);
  const before = await ask(questions);
  expect(before).toMatchObject({
    data: { project: { run: { historyKeys: { lastStep: 59 }, historyBuckets: { maxX: 59 } } } },
  });
  const tooMany = await ask('historyBuckets(keys: ["loss"], count: 10001) { minX }');
  expect(tooMany).toMatchObject({ errors: [{ extensions: { code: "invalid_argument" } }] });
  await eventually(async () => (await blobFiles()) === 2);
  expect(await ask(questions)).toEqual(before);

  await sendLines(60, 10);
  const longer = await ask(questions);
  await send({ complete: true, exitcode: 0 });
  // The part takes up the last lines; the blobs of the part before stay for a while.
  await eventually(async () => (await blobFiles()) === 4);
  expect(await ask(questions)).toEqual(longer);
  expect(await ask('historyLineCount parquetHistory(liveKeys: ["_step"]) { parquetUrls liveData }')).toEqual({
    data: {
      project: {
        run: { historyLineCount: 70, parquetHistory: { parquetUrls: [], liveData: [{ _step: 0 }] } },
      },
    },
  });
});
