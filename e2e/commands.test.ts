// The `wandb` command against a server: logging in, and the acceptance test that the client ships.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PythonClient } from "./python/run-python.ts";
import { TlsProxy } from "./tls-proxy.ts";
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

it("passes the whole of `wandb verify`, behind a proxy that speaks TLS", async () => {
  await using behind = await startTestServer({ env: { STEELYARD_TRUST_PROXY: "1" } });
  await using proxy = await TlsProxy.start(behind.url);
  const target = { url: proxy.url, apiKey: behind.apiKey };
  await using client = await PythonClient.create(target, { env: proxy.clientEnv });
  const verify = await client.run("verify_server.py", { args: { host: proxy.url }, expectQuiet: false });
  expect(pick(verify.value, "signed URL upload", "result", 0)).toBe(true);
  expect(pick(verify.value, "large payload", "result")).toBe(true);
  for (const name of ["run", "artifacts", "sweeps"]) expect(pick(verify.value, name, "result")).toBe(true);
  const names = ["logged in", "https", "https of signed URLs", "CORS", "version"];
  for (const name of [...names, "run", "artifacts", "sweeps"]) {
    const printed = pickString(verify.value, name, "printed");
    expect([name, printed]).toEqual([name, expect.stringContaining("✅")]);
    expect([name, printed]).toEqual([name, expect.not.stringContaining("❌")]);
  }
});
