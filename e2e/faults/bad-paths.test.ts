// File names and addresses that try to leave the data folder, and signatures that somebody changed.
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { pick, pickOptional, pickString, Wire, type RunAddress } from "../wire/wire.ts";

const marker = "steelyard-escaped-marker";
let server: TestServer;
let wire: Wire;
let run: RunAddress;

beforeAll(async () => {
  server = await startTestServer();
  wire = new Wire(server);
  run = await wire.upsertRun("paths", "r");
});

afterEach(async () => {
  expect((await wire.request("/health")).status).toBe(200);
});

afterAll(async () => {
  await server.stop();
});

const createRunFiles = `mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
    runID uploadHeaders files { name uploadUrl }
  }
}`;

async function uploadUrl(name: string): Promise<string | undefined> {
  const answer = await wire.graphql(createRunFiles, {
    entity: run.entity,
    project: run.project,
    run: run.id,
    files: [name],
  });
  expect(answer.status).toBeLessThan(500);
  const url = pickOptional(answer.json, "data", "createRunFiles", "files", 0, "uploadUrl");
  return typeof url === "string" ? url : undefined;
}

describe("a file name that is not one", () => {
  it.each([
    "../escape.txt",
    "../../../../../../tmp/escape.txt",
    "a/../../../escape.txt",
    "/tmp/escape.txt",
    "..\\..\\escape.txt",
    "%2e%2e/%2e%2e/escape.txt",
    "..%2f..%2fescape.txt",
    "a/./../../escape.txt",
    "C:\\escape.txt",
    "nul\u0000byte.txt",
    "line\nbreak.txt",
    "",
    ".",
    "..",
    "/",
    "x".repeat(5_000),
  ])("never reaches outside of the run: %j", async (name) => {
    const url = await uploadUrl(name);
    if (url !== undefined) {
      const put = await wire.request(url, { method: "PUT", body: marker, authorized: false });
      expect(put.status).toBeLessThan(500);
    }
    for (const path of [dirname(server.dataFolder), "/tmp", "/"]) {
      for (const entry of await readdir(path)) expect(entry).not.toMatch(/^escape/u);
    }
    expect(await holdsMarkerUnderAName(server.dataFolder)).toBe(false);
  });
});

/** The address up to the host, and all that follows. */
function splitAfterHost(url: string): [start: string, rest: string] {
  const { origin } = new URL(url);
  return [origin, url.slice(origin.length)];
}

/** Whether any file below the data folder has a name that a user chose: blob keys never contain user text. */
async function holdsMarkerUnderAName(folder: string): Promise<boolean> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name.includes("escape")) return true;
  }
  return false;
}

describe("an address that tries to leave", () => {
  it.each([
    "/files/E/paths/r/../../../../../../../../etc/passwd",
    "/files/E/paths/r/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/files/E/paths/r/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/files/E/paths/r/..\\..\\..\\..\\etc\\passwd",
    "/files/E/paths/r/..%5c..%5c..%5cetc%5cpasswd",
    "/files/E/paths/r/%00/etc/passwd",
    "/files/E/paths/r//etc/passwd",
    "/files/E/../../../etc/passwd",
    "/files/../../etc/passwd",
    "/files/E/paths/r/%",
    "/files/E/paths/r/%zz",
    "/files/E/paths/r/%c0%ae%c0%ae/etc/passwd",
    "//etc/passwd",
    "/../../../etc/passwd",
  ])("finds nothing: %s", async (path) => {
    const answer = await wire.request(path.replace("E", run.entity));
    expect(answer.text).not.toContain("root:");
    expect(answer.status).toBeLessThan(500);
    // Other addresses are pages: any two words may name a project.
    if (path.startsWith("/files/")) expect(answer.status).toBeGreaterThanOrEqual(300);
  });
});

describe("a signed address", () => {
  it("is refused when any part of it was changed", async () => {
    const url = await uploadUrl("signed.txt");
    if (url === undefined) throw new TypeError("expected an upload address");
    const [start, rest] = splitAfterHost(url);
    const positions = [0.3, 0.5, 0.7, 0.8, 0.9].map((part) => Math.floor((rest.lastIndexOf("/") + 1) * part));
    const changes = [
      ...positions.map(
        (at) => start + rest.slice(0, at) + (rest[at] === "A" ? "B" : "A") + rest.slice(at + 1),
      ),
      start + rest.replace(/\.[^/.]+(?=\/|$)/u, ""),
      start + rest.replace(/\.[^/.]+(?=\/|$)/u, "."),
    ];
    for (const changed of changes) {
      const answer = await wire.request(changed, { method: "PUT", body: marker, authorized: false });
      expect(answer.status, changed).toBeGreaterThanOrEqual(400);
      expect(answer.status, changed).toBeLessThan(500);
    }
    // An address to write is none to read.
    expect((await wire.request(url, { authorized: false })).status).toBeGreaterThanOrEqual(400);
    expect(
      (await wire.request(url, { method: "PUT", body: "right", authorized: false })).status,
    ).toBeLessThan(300);
  });

  it("keeps 25 MiB of any bytes, and gives ranges of them", async () => {
    const url = await uploadUrl("large.bin");
    if (url === undefined) throw new TypeError("expected an upload address");
    const bytes = Buffer.alloc(25 * 1024 * 1024, "0123456789abcdef");
    expect((await wire.request(url, { method: "PUT", body: bytes, authorized: false })).status).toBeLessThan(
      300,
    );
    const path = `/files/${run.entity}/${run.project}/${run.id}/large.bin`;
    const head = await wire.request(path, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers["content-length"]).toBe(String(bytes.length));
    const range = await wire.request(path, { headers: { range: "bytes=16-31" } });
    expect(range.status).toBe(206);
    expect(range.text).toBe("0123456789abcdef");
    expect(range.headers["content-range"]).toBe(`bytes 16-31/${bytes.length}`);
    const beyond = await wire.request(path, { headers: { range: "bytes=999999999-" } });
    expect(beyond.status).toBe(416);
    const whole = await wire.request(path);
    expect(whole.text.length).toBe(bytes.length);
  });

  it("belongs to whoever may read the run: others are refused", async () => {
    const url = await uploadUrl("secret.txt");
    if (url === undefined) throw new TypeError("expected an upload address");
    await wire.request(url, { method: "PUT", body: "secret", authorized: false });
    const answer = await wire.request(`/files/${run.entity}/${run.project}/${run.id}/secret.txt`, {
      authorized: false,
    });
    expect([401, 403, 404]).toContain(answer.status);
  });
});

it("lists in its answers only addresses of its own", async () => {
  const listed = await wire.run(run, "files(first: 5) { edges { node { name url directUrl } } }");
  for (const field of ["url", "directUrl"]) {
    expect(pickString(listed, "files", "edges", 0, "node", field).startsWith(`${server.url}/`)).toBe(true);
  }
  const forged = await wire.request("/graphql", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
    },
    body: JSON.stringify({
      query: `{ project(name: "paths", entityName: "${run.entity}") { run(name: "r") { files(first: 5) { edges { node { url } } } } } }`,
    }),
  });
  expect(forged.text).not.toContain("evil.example");
  expect(pick(forged.json, "data")).not.toBeNull();
});

it("keeps its data folder for its owner alone", async () => {
  const { mode } = await stat(server.dataFolder);
  expect(mode & 0o007).toBe(0);
  for (const entry of await readdir(server.dataFolder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = await readFile(join(server.dataFolder, entry.name), "latin1");
    for (const key of [server.adminKey, server.apiKey]) {
      expect(content.includes(key), `${entry.name} holds a key`).toBe(false);
    }
  }
});
