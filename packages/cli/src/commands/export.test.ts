import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Api } from "@steelyard/client";
import type { HistoryOptions } from "@steelyard/client";
import { startEmbeddedServer } from "@steelyard/server";
import type { EmbeddedServer } from "@steelyard/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readExportSettings } from "./export-settings.ts";
import { RunLogger } from "../demo/run-logger.ts";

const command = fileURLToPath(new URL("../../bin/steelyard.js", import.meta.url));
const apiKey = `local-${"5e".repeat(24)}`;

let folder: string;
let server: EmbeddedServer;
let baseUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-export-"));
  server = await startEmbeddedServer({ dataFolder: join(folder, "data"), port: 0, adminApiKey: apiKey });
  baseUrl = server.urls.at(-1) ?? "";
  for (const name of ["a", "b", "c"]) {
    const start = { name, displayName: `run ${name}`, config: {}, tags: [name], notes: "" };
    const run = await RunLogger.start({ baseUrl, apiKey, project: "p" }, start);
    for (let step = 0; step < 40; step += 1)
      run.log({ loss: 1 / (step + 1), ...(step % 3 === 0 && { val: step }) });
    await run.finish();
  }
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]) {
  const env = { ...process.env, WANDB_BASE_URL: baseUrl, WANDB_API_KEY: apiKey };
  const child = spawn(process.execPath, [command, "export", ...args], { cwd: folder, env });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, output, errors };
}

describe("steelyard export", () => {
  it("writes one file and says what is in it", async () => {
    const { code, output, errors } = await run("p", "--keys", "loss", "--json");
    expect([code, errors]).toEqual([0, ""]);
    const bytes = (await readFile(join(folder, "p.parquet"))).length;
    expect(JSON.parse(output)).toMatchObject({
      path: "p.parquet",
      format: "parquet",
      runs: 3,
      rows: 120,
      bytes,
    });
    expect((await run("p")).errors).toBe(
      "p.parquet is there already; choose another file with --out, or replace it with --force.\n",
    );
    expect((await run("admin/p", "--force")).output).toMatch(
      /^p\.parquet: 120 rows of 3 runs, .* kB, in .* s\n$/,
    );
  });

  it("writes lines to standard output, of the runs and rows asked for", async () => {
    const filter = '{"tags": {"$in": ["a", "c"]}}';
    const { code, output } = await run(
      ...["p", "--out", "-", "--format", "ndjson", "--filter", filter, "--order", "-created_at"],
      ...["--keys", '["val","loss"]', "--all-keys", "--samples", "2"],
    );
    expect(code).toBe(0);
    expect(output.trim().split("\n")).toEqual([
      '{"run_id":"c","run_name":"run c","row":{"_step":0,"val":0,"loss":1}}',
      '{"run_id":"c","run_name":"run c","row":{"_step":39,"val":39,"loss":0.025}}',
      '{"run_id":"a","run_name":"run a","row":{"_step":0,"val":0,"loss":1}}',
      '{"run_id":"a","run_name":"run a","row":{"_step":39,"val":39,"loss":0.025}}',
    ]);
  });

  it("says in one line what is wrong, and leaves nothing behind", async () => {
    const before = await readdir(folder);
    const missing = await run("nowhere", "--out", "x");
    expect([missing.code, missing.output]).toEqual([1, ""]);
    expect(missing.errors).toMatch(/^[^\n]*Project "admin\/nowhere" not found\n$/);
    expect(await readdir(folder)).toEqual(before);
  });
});

describe("the settings of an export", () => {
  it("have defaults, and take the form from the file's name", () => {
    expect(readExportSettings("team/p", {})).toEqual({
      project: "team/p",
      filters: {},
      order: undefined,
      keys: undefined,
      rows: "union",
      samples: undefined,
      format: "parquet",
      path: "p.parquet",
      mayReplace: false,
      isJson: false,
    });
    expect(readExportSettings("p", { out: "/x/y.JSONL" })).toMatchObject({
      format: "ndjson",
      path: "/x/y.JSONL",
    });
    expect(readExportSettings("p", { format: "arrow" }).path).toBe("p.arrows");
    expect(readExportSettings("p", { keys: "a, b.c" }).keys).toEqual(["a", "b.c"]);
    expect(readExportSettings("p", { keys: '["a,b"]' }).keys).toEqual(["a,b"]);
  });

  it("that cannot be understood are named in a sentence", () => {
    for (const [path, flags, sentence] of [
      ["a/b/c", {}, 'The project is "a/b/c"; expected entity/project, or project alone.'],
      ["p", { format: "csv" }, 'The format is "csv"; expected one of parquet, arrow, ndjson.'],
      ["p", { filter: "{" }, "The filter is not JSON"],
      ["p", { filter: "[]" }, "The filter is not a JSON object."],
      ["p", { filter: '{"$near": 1}' }, "The filter is not understood"],
      ["p", { keys: "[1]" }, "The keys are not a JSON list of texts."],
      ["p", { samples: "0" }, 'The number of samples is "0"; expected an integer from 1.'],
      ["p", { out: "-", json: true }, "--out - and --json would both write to standard output."],
    ] as const) {
      expect(() => readExportSettings(path, flags)).toThrow(sentence);
    }
  });
});

describe("histories of many runs", () => {
  it("are the same from one request as from many", async () => {
    const many = new Api({ apiKey, overrides: { baseUrl }, fetch: withoutFeatures });
    const requests: string[] = [];
    const one = new Api({
      apiKey,
      overrides: { baseUrl },
      fetch: (url, init) => {
        requests.push(new URL(url).pathname);
        return fetch(url, init);
      },
    });
    const questions: readonly HistoryOptions[] = [
      {},
      { samples: 7 },
      { samples: 40 },
      { keys: ["loss", "val"] },
      { keys: ["val"], rows: "all-keys" },
      { keys: ["val"], samples: 5 },
      { keys: ["val"], xAxis: "loss" },
      { keys: ["none"] },
      { stream: "system" },
    ];
    for (const question of questions) {
      const place = { filters: { tags: { $in: ["a", "c"] } }, order: "-created_at" } as const;
      one.flush();
      many.flush();
      expect(await one.runs("p", place).histories(question)).toEqual(
        await many.runs("p", place).histories(question),
      );
    }
    expect(requests.filter((path) => path.startsWith("/api/exports/"))).toHaveLength(questions.length - 1);
    const columns = { keys: ["val"], format: "columns" } as const;
    expect(await one.runs("p").histories(columns)).toEqual(await many.runs("p").histories(columns));
  });
});

/** As a server that has no additions of ours. */
async function withoutFeatures(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  return new Response(text.replaceAll("STEELYARD_", "NO_"), {
    status: answer.status,
    headers: answer.headers,
  });
}
