// Artifacts with the real client: saved in every way that it has, read back byte for byte, changed and deleted.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PythonClient } from "./python/run-python.ts";
import { clientVersions } from "./python/venv.ts";

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

it("changes versions and collections, and deletes them with their aliases or their run", async () => {
  await using client = await PythonClient.create(server);
  const args = { project: "changed" };
  const { value } = await client.run("change_artifacts.py", { args, expectQuiet: false });
  expect(value).toEqual({
    ttl: ["3 days, 0:00:00", "None"],
    changed: ["None", "the first", ["kept"], ["old"]],
    versions: ["v2", "v1", "v0"],
    tagged: ["v0"],
    types: ["dataset"],
    collections: ["rows"],
    collection: ["all rows", ["a", "b"], ["best", "latest", "old"]],
    moved: ["lines", "table", "table"],
    "with aliases": "CommError",
    latest: "v1",
    deleted: "CommError",
    "still there": 3,
    "with the run": "CommError",
    "collections at the end": [],
  });
});

it.each(clientVersions)("puts, lists and gets with `wandb artifact` of %s", async (version) => {
  await using client = await PythonClient.create(server, { version });
  const folder = join(client.home, "data");
  await mkdir(folder);
  await writeFile(join(folder, "a b.txt"), "hello");
  const name = `commands-${version.replaceAll(".", "-")}/rows`;
  const put = await client.wandb(["artifact", "put", "--name", name, "--type", "dataset", folder]);
  expect(put.stdout + put.stderr).toContain("rows");
  const list = await client.wandb(["artifact", "ls", name.split("/")[0] ?? ""]);
  expect(list.stdout + list.stderr).toContain("rows:v0");
  const root = join(client.home, "got");
  await client.wandb(["artifact", "get", `${name}:latest`, "--root", root]);
  expect(await readFile(join(root, "a b.txt"), "utf8")).toBe("hello");
});

it("keeps what was committed when the server is killed", async () => {
  await using victim = await startTestServer();
  await using client = await PythonClient.create(victim);
  const folder = join(client.home, "data");
  await mkdir(folder);
  const names = Array.from({ length: 100 }, (_, i) => `file ${i}.txt`);
  for (const name of names) await writeFile(join(folder, name), name.repeat(9));
  await client.wandb(["artifact", "put", "--name", "killed/rows", "--type", "dataset", folder]);
  await victim.kill();
  await victim.restart();
  const root = join(client.home, "got");
  await client.wandb(["artifact", "get", "killed/rows:latest", "--root", root]);
  for (const name of names) expect(await readFile(join(root, name), "utf8")).toBe(name.repeat(9));
});
