// Python's `wandb.Api` and ours read the same queues, items and jobs; every value must be the same.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Api, NotFoundError } from "@steelyard/client";
import type { RunQueue } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { PythonClient } from "../python/run-python.ts";
import { compare } from "./compare.ts";

const entity = "tester";
const job = `${entity}/demo/trainer:latest`;

it("reads run queues, queued runs and jobs as Python does", async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  await mkdir(join(client.home, "code"));
  await writeFile(join(client.home, "code", "train.py"), "import wandb\n");
  await writeFile(join(client.home, "code", "requirements.txt"), "wandb\n");
  const create = [
    "job",
    "create",
    "--project",
    "demo",
    "--name",
    "trainer",
    "--entry-point",
    "python train.py",
  ];
  await client.wandb([...create, "code", "code"]);
  const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
  await api.createProject("empty", entity);
  const step = (name: string, more: object = {}) =>
    client.run("read_launch.py", { args: { step: name, entity, job, ...more }, expectQuiet: false });

  const { value: made } = await step("make");
  const { item, gone } = toItems(made);
  const { exact } = await step("read", { item });
  expect(compare(exact, await read(api, item))).toEqual([]);
  const deleted = await api.queuedRun(entity, "demo", "plain", gone);
  await expect(deleted.state()).rejects.toThrow(NotFoundError);

  // What one made, the other deletes.
  await (await api.runQueue(entity, "sized")).delete();
  expect((await step("remove")).value).toEqual({ isGone: true });
  await expect((await api.runQueue(entity, "plain")).id()).rejects.toThrow(NotFoundError);
}, 120_000);

async function read(api: Api, item: string): Promise<Readonly<Record<string, unknown>>> {
  const sized = await api.runQueue(entity, "sized");
  const queued = await api.queuedRun(entity, "demo", "plain", item, { priority: 1 });
  const found = await api.job(job);
  return {
    plain: await facts(await api.runQueue(entity, "plain")),
    sized: await facts(sized),
    variables: (await sized.templateVariables()).map(({ name }) => name),
    queued: {
      id: queued.id,
      entity: queued.entity,
      project: queued.project,
      queue: queued.queueName,
      projectQueue: queued.projectQueue,
      priority: queued.priority,
      sweep: queued.sweep,
      state: await queued.state(),
    },
    jobs: await api.listJobs(entity, "demo"),
    job: { name: found.name, info: found.info, entrypoint: found.entrypoint },
    "no jobs": (await api.listJobs(entity, "empty")).length,
    refused: [
      await refuses(api, "", "local-process"),
      await refuses(api, "x".repeat(65), "local-process"),
      await refuses(api, "bad", "laptop"),
      await refuses(api, "plain", "local-process"),
    ],
  };
}

async function facts(queue: RunQueue): Promise<Readonly<Record<string, unknown>>> {
  return {
    name: queue.name,
    entity: queue.entity,
    id: await queue.id(),
    access: await queue.access(),
    mode: await queue.prioritizationMode(),
    links: await queue.externalLinks(),
    type: await queue.type(),
    config: await queue.defaultResourceConfig(),
    items: (await queue.items()).map(({ id }) => id),
  };
}

async function refuses(api: Api, name: string, resource: string): Promise<boolean> {
  // As a caller without types would.
  const made: unknown = Reflect.apply(api.createRunQueue.bind(api), undefined, [name, resource]);
  return Promise.resolve(made).then(
    () => false,
    () => true,
  );
}

function toItems(value: unknown): { readonly item: string; readonly gone: string } {
  if (typeof value === "object" && value !== null && "item" in value && "gone" in value) {
    return { item: String(value.item), gone: String(value.gone) };
  }
  throw new Error(`no items in ${JSON.stringify(value)}`);
}
