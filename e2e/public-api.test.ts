// What Python's `wandb.Api` writes: runs made, changed and deleted without logging, and their files.
import { startTestServer } from "@steelyard/testing";
import { beforeAll, expect, it } from "vitest";
import { PythonClient } from "./python/run-python.ts";
import { pick } from "./wire/wire.ts";

let result: unknown;

beforeAll(async () => {
  await using server = await startTestServer();
  await using client = await PythonClient.create(server);
  result = (await client.run("use_api.py", { args: { project: "api" } })).value;
});

it("creates a run with nothing in it", () => {
  expect(pick(result, "created")).toMatchObject({
    id: "made",
    state: "running",
    config: {},
    summary: {},
    tags: [],
  });
  expect(pick(result, "pending")).toBe("pending");
});

it("keeps everything that `run.update()` writes", () => {
  expect(pick(result, "changed")).toEqual({
    id: "made",
    state: "running",
    name: "renamed by the api",
    notes: "written by the api",
    tags: ["late"],
    group: "api-group",
    jobType: "api-job",
    config: { added: { deep: 2n ** 60n } },
    summary: { score: 0.75, other: [1, 2] },
  });
});

it("uploads, downloads and deletes files", () => {
  expect(pick(result, "upload")).toMatchObject({
    name: "deep/naïve file.txt",
    size: Buffer.byteLength("uploaded ✓"),
    content: "uploaded ✓",
    twice: { error: { type: "CommError" } },
    existOk: "uploaded ✓",
    before: ["deep/naïve file.txt"],
    after: [],
  });
});

it("sets the states that may be set and refuses others", () => {
  expect(pick(result, "failed state")).toBe(true);
  expect(pick(result, "state after")).toBe("failed");
  expect(pick(result, "bad state")).toHaveProperty("error");
});

it("deletes a run", () => {
  expect(pick(result, "before delete")).toEqual(["doomed", "made", "pending"]);
  expect(pick(result, "after delete")).toEqual(["made", "pending"]);
  expect(pick(result, "deleted")).toMatchObject({ error: { type: "CommError" } });
});
