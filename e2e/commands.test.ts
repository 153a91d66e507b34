// The `wandb` command against a server: logging in, and the acceptance test that the client ships.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PythonClient } from "./python/run-python.ts";
import { pick, pickString } from "./wire/wire.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.stop();
});

it("logs in with `wandb login --host` and from then on needs no variable", async () => {
  await using client = await PythonClient.create(server, {
    env: { WANDB_BASE_URL: undefined, WANDB_API_KEY: undefined },
  });
  const login = await client.wandb(["login", "--host", server.url, server.apiKey]);
  expect(login.stderr).toContain("netrc");
  expect(await readFile(join(client.home, ".netrc"), "utf8")).toContain(server.apiKey);
  const run = await client.run("log_core.py", { args: { project: "after-login" }, expectQuiet: false });
  expect(run.value).toMatchObject({ state: "finished" });
});

it("refuses `wandb login` with a key that nobody has", async () => {
  await using client = await PythonClient.create(server, {
    env: { WANDB_BASE_URL: undefined, WANDB_API_KEY: undefined },
  });
  const login = await client.wandb(["login", "--host", server.url, "0".repeat(40)], { exitCode: 1 });
  expect(login.stdout + login.stderr).toMatch(/invalid|not valid|incorrect|permission|401/iu);
});

it("passes the checks of `wandb verify`", async () => {
  await using client = await PythonClient.create(server);
  const verify = await client.run("verify_server.py", { args: { host: server.url }, expectQuiet: false });
  expect(pick(verify.value, "signed URL upload", "result", 0)).toBe(true);
  expect(pick(verify.value, "large payload", "result")).toBe(true);
  expect(pick(verify.value, "run", "printed")).toContain("✅");
  expect(pick(verify.value, "run", "result")).toBe(true);
  expect(pick(verify.value, "artifacts", "printed")).toContain("✅");
  expect(pick(verify.value, "artifacts", "result")).toBe(true);
  expect(pick(verify.value, "sweeps", "printed")).toContain("✅");
  expect(pick(verify.value, "sweeps", "result")).toBe(true);
  expect(pickString(verify.value, "version", "printed")).toContain("✅");
  expect(pickString(verify.value, "CORS", "printed")).toContain("✅");
  expect(pickString(verify.value, "logged in", "printed")).toContain("✅");
});
