import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEmbeddedServer } from "./embedded.ts";
import type { EmbeddedServer } from "./embedded.ts";

const key = `local-${"a1".repeat(24)}`;
let folder: string;
const servers: EmbeddedServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-embedded-"));
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(
  options: Partial<Parameters<typeof startEmbeddedServer>[0]> = {},
): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ dataFolder: join(folder, "data"), port: 0, ...options });
  servers.push(server);
  return server;
}

async function graphql(url: string, apiKey: string | undefined, query: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(apiKey !== undefined && { authorization: `Basic ${btoa(`api:${apiKey}`)}` }),
    },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

describe("the embedded server", () => {
  it("is ready on a chosen port and gives the administrator's key only on the first start", async () => {
    const first = await start();
    const url = first.urls[0] ?? "";
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect(first.adminApiKey).toMatch(/^local-[0-9a-f]{48}$/);
    expect(await graphql(url, first.adminApiKey, "{ viewer { username entity } }")).toEqual({
      data: { viewer: { username: "admin", entity: "admin" } },
    });
    await first.close();
    await expect(fetch(`${url}/ready`)).rejects.toThrow();

    const second = await start();
    expect(second.adminApiKey).toBeUndefined();
    expect(await graphql(second.urls[0] ?? "", first.adminApiKey, "{ viewer { username } }")).toEqual({
      data: { viewer: { username: "admin" } },
    });
  });

  it("gives the administrator the key that it is told, also on a later start", async () => {
    await (await start()).close();
    const server = await start({ adminApiKey: key });
    expect(server.adminApiKey).toBeUndefined();
    expect(await graphql(server.urls[0] ?? "", key, "{ viewer { admin } }")).toEqual({
      data: { viewer: { admin: true } },
    });
  });

  it("refuses a key that clients would refuse, in one sentence", async () => {
    await expect(start({ adminApiKey: "short" })).rejects.toMatchObject({
      code: "invalid_argument",
      field: "apiKey",
    });
  });

  it("keeps its data to itself", async () => {
    await start();
    const data = join(folder, "data");
    expect((await readdir(data)).sort()).toContain("secret.key");
    expect((await stat(join(data, "secret.key"))).mode & 0o777).toBe(0o600);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
  });

  it("refuses a second server on the same folder", async () => {
    await start();
    await expect(start()).rejects.toThrow("Another server is using the data folder");
  });

  it("says which port is busy", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(start({ port })).rejects.toMatchObject({
      code: "unavailable",
      message: `Another program listens on 127.0.0.1:${port}; stop it or choose another port.`,
    });
    other.close();
  });

  it("says that a folder cannot be made", async () => {
    const dataFolder = join(folder, "file", "data");
    await writeFile(join(folder, "file"), "");
    await expect(start({ dataFolder })).rejects.toThrow(`The data folder ${dataFolder} cannot be written`);
  });

  it("builds addresses from the url that it is told", async () => {
    const server = await start({ url: "https://runs.example.com/" });
    expect(server.urls[0]).toBe("https://runs.example.com/");
  });

  it("answers on ::1 too where the machine has it", async () => {
    const server = await start();
    const { port } = new URL(server.urls[0] ?? "");
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
    const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some((address) => address.address === "::1"),
    );
    if (hasIpv6) expect((await fetch(`http://[::1]:${port}/ready`)).status).toBe(200);
  });

  it("finishes requests that run before it ends, and takes no new ones", async () => {
    const server = await start({ adminApiKey: key });
    const url = server.urls[0] ?? "";
    const body = JSON.stringify({ query: "{ viewer { username } }" });
    const call = request(`${url}/graphql`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`api:${key}`)}`, "content-length": body.length },
    });
    const answered = Promise.withResolvers<number | undefined>();
    call.once("response", (response) => answered.resolve(response.statusCode));
    call.write(body.slice(0, 10));
    await once(call, "socket");
    // The server must have seen the request's head before it is told to end.
    await fetch(`${url}/health`);
    const closed = server.close();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    call.end(body.slice(10));
    expect(await answered.promise).toBe(200);
    call.destroy();
    await closed;
  });

  it("keeps keys, passwords and signed addresses out of its log", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "trace" }, { write: (line) => void lines.push(line) });
    const server = await start({ logger, adminApiKey: key });
    const url = server.urls[0] ?? "";
    const password = "correct horse battery";
    const authorization = `Basic ${btoa(`api:${key}`)}`;
    await fetch(`${url}/api/admin/users/ada`, {
      method: "PUT",
      headers: { authorization },
      body: JSON.stringify({ password, apiKey: "short" }),
    });
    await fetch(`${url}/authorize`, {
      method: "POST",
      body: new URLSearchParams({ username: "ada", password }),
    });
    await fetch(`${url}/blobs/some.token/file.txt?x=secret-query`);
    await fetch(`${url}/ada/p?key=secret-query`);
    await graphql(url, `${key}00`, "{ viewer { username } }");
    await graphql(url, key, 'mutation { generateApiKey(input: { description: "x" }) { apiKey { name } } }');
    const log = lines.join("");
    expect(log).toContain("/api/admin/users/ada");
    for (const secret of [key.slice(6), password, authorization.slice(6), "some.token", "secret-query"]) {
      expect(log).not.toContain(secret);
    }
  });
});
