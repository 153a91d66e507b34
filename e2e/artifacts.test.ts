// Artifacts with the real client: saved in every way that it has, read back byte for byte, changed and deleted.
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PythonClient } from "./python/run-python.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
});

it("reads back what was saved whole, as an addition, from a draft, together and by reference", async () => {
  await using client = await PythonClient.create(server);
  const args = { project: "saved" };
  const { value } = await client.run("save_artifacts.py", { args, expectQuiet: false });
  expect(value).toEqual({
    "names:v0": {
      "plain.txt": "1",
      "with space.txt": "2",
      "ünïcödé/日本.txt": "3",
      "100%/#hash?.txt": "4",
      [`${"d/".repeat(200)}deep.txt`]: "5",
    },
    "grown:v0": { "a.txt": "a", "b.txt": "b" },
    "grown:v1": { "a.txt": "a", "b.txt": "B", "c.txt": "c" },
    "grown:v2": { "b.txt": "B", "c.txt": "c", "draft.txt": "new" },
    "fast:latest": { "x.txt": "x", "y.txt": "y" },
    "fast algorithm": "ArtifactDigestAlgorithm.MANIFEST_XXH128",
    "same:latest": { "s.txt": "s" },
    same: ["v0", "v0"],
    "together:latest": { "part-0.txt": "0", "part-1.txt": "1", "last.txt": "z" },
    reference: { "data.bin": "https://example.invalid/data.bin" },
    model: true,
    code: true,
    "code files": ["train.py"],
    "logged types": ["code", "dataset", "model", "run_table", "wandb-run-incremental-table"],
    "incremental files": [1, 2, 3],
    used: ["grown:v2", "net:v0"],
    "used by": ["user"],
  });
});
