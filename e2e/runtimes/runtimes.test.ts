/** The published client reads the same project in Node 24, Node 20 and Chromium. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "@steelyard/client";
import { parseJson, printJson } from "@steelyard/protocol";
import { findFreePort, startTestServer, type TestServer } from "@steelyard/testing";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stage } from "../../scripts/build.ts";
import { findChromium } from "../browser/find-chromium.ts";
import { runCommand } from "../python/run-command.ts";
import { node20 } from "./node20.ts";
import { readProject } from "./read-project.js";
import { browserEntry, browserModules, nodeProgram } from "./staged-client.ts";

const path = "runtimes/portable";
let server: TestServer;
let expected: string;

beforeAll(async () => {
  server = await startTestServer({ user: "runtimes" });
  const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
  for (const name of ["first", "second"]) {
    const run = await api.createRun({ runId: name, project: "portable", entity: "runtimes" });
    const rows = [
      `{"_step":0,"loss":0.5,"big":1152921504606846976}`,
      `{"_step":1,"loss":NaN,"a/b.c":{"d":"é"}}`,
    ];
    const response = await fetch(`${server.url}/files/runtimes/portable/${name}/file_stream`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`api:${server.apiKey}`)}`, "content-type": "application/json" },
      body: JSON.stringify({
        files: { "wandb-history.jsonl": { offset: 0, content: rows } },
        complete: true,
        exitcode: 0,
      }),
    });
    expect(response.status).toBe(200);
    await run.uploadFile(new Blob(["some text"]), { name: "notes/some file.txt" });
  }
  expected = await readProject({ Api, printJson }, target());
});

afterAll(() => server.stop());

function target(): { baseUrl: string; apiKey: string; path: string } {
  return { baseUrl: server.url, apiKey: server.apiKey, path };
}

test("Node 24 reads everything from the sources", () => {
  expect(parseJson(expected)).toMatchObject({
    viewer: "runtimes",
    runs: [
      { name: "first", state: "finished", files: [["notes/some file.txt", "some text"]] },
      { name: "second" },
    ],
  });
  expect(expected).toContain("1152921504606846976");
});

test("Node 20 reads the same with the published client", async () => {
  const result = await runCommand(await node20(), [await nodeProgram(), JSON.stringify(target())]);
  expect(result.stderr).toBe("");
  expect(result.stdout.trim()).toBe(expected);
});

test("a table of Arrow asks for the package where it is not installed, and all else works", async () => {
  // Elsewhere, because Node looks for packages in the folders above too.
  const folder = await mkdtemp(join(tmpdir(), "steelyard-runtimes-"));
  try {
    await cp(stage, join(folder, "node_modules"), { recursive: true });
    const program = join(folder, "main.mjs");
    await writeFile(
      program,
      `import { Api, UnsupportedError } from "@steelyard/client";
const { baseUrl, apiKey, path } = JSON.parse(process.argv[2]);
const run = await new Api({ apiKey, overrides: { baseUrl } }).run(path + "/first");
const error = await run.history({ format: "arrow" }).catch((thrown) => thrown);
const { length } = await run.history({ format: "columns" });
console.log(JSON.stringify([error instanceof UnsupportedError, error.message, length]));
`,
    );
    const result = await runCommand(process.execPath, [program, JSON.stringify(target())]);
    expect(result.stderr).toBe("");
    expect(JSON.parse(result.stdout)).toEqual([
      true,
      'Arrow tables need the package "apache-arrow": install it beside this client',
      2,
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("Chromium reads the same with the published client", async () => {
  const modules = await browserModules();
  const pages = createServer((request, response) => {
    const module = modules.get((request.url ?? "").slice(1));
    response.setHeader("content-type", module === undefined ? "text/html" : "text/javascript");
    response.end(module ?? `<!doctype html><script type="module" src="/${browserEntry}"></script>`);
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => pages.listen(port, "127.0.0.1", resolve));
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction("globalThis.readProject !== undefined");
    expect(await page.evaluate(`globalThis.readProject(${JSON.stringify(target())})`)).toBe(expected);
  } finally {
    await browser.close();
    pages.close();
  }
});
