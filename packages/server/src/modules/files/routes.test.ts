import { createHash } from "node:crypto";
import type { LightMyRequestResponse } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";

let bench: TestBench;
let ann: UserCaller;
let authorization: string;
const address = { entityName: "ann", projectName: "p", runName: "r" };
const baseUrl = "http://server";

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  authorization = await bench.authorize(ann);
  await bench.services.runs.upsert(ann, address, {});
});

afterEach(() => bench.close());

async function uploadUrl(name: string): Promise<string> {
  const { files } = await bench.services.files.announce(ann, address, { names: [name], baseUrl });
  return ((await files[0]?.uploadUrl()) ?? "").slice(baseUrl.length);
}

async function put(
  url: string,
  payload: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<LightMyRequestResponse> {
  return bench.app.inject({ method: "PUT", url, payload, headers });
}

async function upload(name: string, payload: string | Buffer): Promise<void> {
  expect((await put(await uploadUrl(name), payload)).statusCode).toBe(200);
}

function get(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method: "GET" | "HEAD" = "GET",
): Promise<LightMyRequestResponse> {
  return bench.app.inject({ method, url: path, headers: { authorization, ...headers } });
}

async function directUrl(name: string): Promise<string> {
  const run = await bench.services.runs.require(ann, address);
  const page = await bench.services.files.list(ann, run, {
    names: [name],
    pattern: null,
    after: null,
    first: null,
    baseUrl,
  });
  return ((await page.files[0]?.directUrl()) ?? "").slice(baseUrl.length);
}

describe("an upload", () => {
  it("needs nothing but its address, and completes the file", async () => {
    await upload("media/a file #1%.txt", "hello");
    const answer = await get("/files/ann/p/r/media/a%20file%20%231%25.txt");
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe("hello");
  });

  it("may be empty, and may be of any type", async () => {
    expect((await put(await uploadUrl("empty"), "")).statusCode).toBe(200);
    expect((await get("/files/ann/p/r/empty")).headers["content-length"]).toBe("0");
    const json = await put(await uploadUrl("x.json"), "not json", { "content-type": "application/json" });
    expect(json.statusCode).toBe(200);
  });

  it("may be larger than any other body", async () => {
    const bytes = Buffer.alloc(140 * 1024 * 1024, "x");
    await upload("large.bin", bytes);
    expect((await get("/files/ann/p/r/large.bin", {}, "HEAD")).headers["content-length"]).toBe(
      String(bytes.length),
    );
  });

  it("replaces the file of the same name at once", async () => {
    await upload("a", "first");
    const url = await uploadUrl("a");
    expect((await get("/files/ann/p/r/a")).body).toBe("first");
    await put(url, "second");
    expect((await get("/files/ann/p/r/a")).body).toBe("second");
  });

  it("that is not what its MD5 says is refused", async () => {
    const url = await uploadUrl("a");
    const md5 = createHash("md5").update("right").digest("base64");
    expect((await put(url, "wrong", { "content-md5": md5 })).statusCode).toBe(400);
    expect((await put(url, "right", { "content-md5": md5 })).statusCode).toBe(200);
  });

  it("with an address that was not signed here, is for reading or has expired is refused", async () => {
    const url = await uploadUrl("a");
    expect((await put(url.replace(/blobs\/./, "blobs/x"), "x")).statusCode).toBe(403);
    await put(url, "x");
    expect((await put(await directUrl("a"), "x")).statusCode).toBe(403);
    bench.clock.advance(25 * 3600);
    expect((await put(url, "x")).statusCode).toBe(410);
  });

  it("for a run that was deleted meanwhile is refused, and leaves nothing", async () => {
    const url = await uploadUrl("a");
    const run = await bench.services.runs.require(ann, address);
    await bench.stores.files.deleteRun({ ...run, now: bench.clock.now() });
    expect((await put(url, "x")).statusCode).toBe(410);
  });
});

describe("a download", () => {
  beforeEach(() => upload("notes.txt", "0123456789"));

  it("asks for credentials, and answers like missing to those who may not see it", async () => {
    const anonymous = await bench.app.inject({ method: "GET", url: "/files/ann/p/r/notes.txt" });
    expect(anonymous.statusCode).toBe(401);
    expect(anonymous.headers["www-authenticate"]).toMatch(/^Basic/);
    const bob = await bench.authorize(await bench.createCaller("bob"));
    expect((await get("/files/ann/p/r/notes.txt", { authorization: bob })).statusCode).toBe(404);
    expect((await get("/files/ann/p/r/none.txt")).statusCode).toBe(404);
    expect((await get("/files/ann/p/none/notes.txt")).statusCode).toBe(404);
  });

  it("needs no credentials by its signed address, until that expires", async () => {
    const url = await directUrl("notes.txt");
    const answer = await bench.app.inject({ method: "GET", url });
    expect([answer.statusCode, answer.body]).toEqual([200, "0123456789"]);
    bench.clock.advance(2 * 3600);
    expect((await bench.app.inject({ method: "GET", url })).statusCode).toBe(410);
  });

  it("tells size, type and version", async () => {
    const etag = `"${createHash("md5").update("0123456789").digest("hex")}"`;
    for (const method of ["GET", "HEAD"] as const) {
      const answer = await get("/files/ann/p/r/notes.txt", {}, method);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        "content-length": "10",
        "content-type": "text/plain; charset=utf-8",
        "accept-ranges": "bytes",
        etag,
      });
      expect(answer.body).toBe(method === "GET" ? "0123456789" : "");
    }
    expect((await get("/files/ann/p/r/notes.txt", { "if-none-match": etag })).statusCode).toBe(304);
  });

  it.each([
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-30", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=4-2", 200, "0123456789", undefined],
    ["bytes=0-1,3-4", 200, "0123456789", undefined],
    ["lines=1-2", 200, "0123456789", undefined],
  ])("of %s is answered with %d", async (range, status, body, contentRange) => {
    const answer = await get("/files/ann/p/r/notes.txt", { range });
    expect([answer.statusCode, answer.body, answer.headers["content-range"]]).toEqual([
      status,
      body,
      contentRange,
    ]);
    expect(answer.headers["content-length"]).toBe(String(body.length));
  });

  it("of bytes that are not there is refused with the size", async () => {
    const answer = await get("/files/ann/p/r/notes.txt", { range: "bytes=10-" });
    expect(answer.statusCode).toBe(416);
    expect(answer.headers["content-range"]).toBe("bytes */10");
    expect((await get("/files/ann/p/r/notes.txt", { range: "bytes=-0" })).statusCode).toBe(416);
  });

  it("of a range ignores it when the file is another one by now", async () => {
    const answer = await get("/files/ann/p/r/notes.txt", { range: "bytes=0-1", "if-range": '"old"' });
    expect([answer.statusCode, answer.body]).toEqual([200, "0123456789"]);
  });

  it("of a page or an image with scripts is for saving, and what runs nevertheless runs nowhere", async () => {
    for (const name of ["page.html", "image.svg", "code.js", "data.xml", "noextension"]) {
      await upload(name, "<script>alert(1)</script>");
      const { headers } = await get(`/files/ann/p/r/${name}`);
      expect(headers["content-disposition"]).toBe(`attachment; filename*=UTF-8''${name}`);
      expect(headers["content-security-policy"]).toContain("sandbox");
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
    await upload("plot.png", "x");
    expect((await get("/files/ann/p/r/plot.png")).headers["content-disposition"]).toMatch(/^inline/);
  });

  it("answers the question that browsers ask first", async () => {
    const answer = await bench.app.inject({
      method: "OPTIONS",
      url: "/files/ann/p/r/notes.txt",
      headers: { origin: "https://elsewhere.example" },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
  });
});
