// The client's live events against a real server: told by the server, and found out by asking, they are the same.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Api } from "@steelyard/client";
import type { HistoryRow, Run, RunsWatchEvent } from "@steelyard/client";
import { startEmbeddedServer } from "@steelyard/server";
import type { EmbeddedServer } from "@steelyard/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const apiKey = `local-${"6f".repeat(24)}`;

let folder: string;
let server: EmbeddedServer;
let baseUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steelyard-live-"));
  server = await startEmbeddedServer({ dataFolder: folder, port: 0, adminApiKey: apiKey });
  baseUrl = server.urls.at(-1) ?? "";
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function post(path: string, body: unknown): Promise<void> {
  const authorization = `Basic ${Buffer.from(`api:${apiKey}`).toString("base64")}`;
  const answer = await fetch(baseUrl + path, {
    method: "POST",
    headers: { authorization },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok || text.includes('"errors"')) throw new Error(text);
}

function upsert(name: string, more = ""): Promise<void> {
  const query = `mutation { upsertBucket(input: { name: "${name}", modelName: "p"${more} }) { bucket { id } } }`;
  return post("/graphql", { query });
}

function log(name: string, offset: number, lines: readonly string[], more: object = {}): Promise<void> {
  const files = { "wandb-history.jsonl": { offset, content: lines } };
  return post(`/files/admin/p/${name}/file_stream`, { files, ...more });
}

const live = (): Api => new Api({ apiKey, overrides: { baseUrl } });
const polled = (): Api =>
  new Api({
    apiKey,
    overrides: { baseUrl },
    fetch: async (url, init) => {
      const answer = await fetch(url, init);
      return new Response((await answer.text()).replaceAll("STEELYARD_", "NO_"), answer);
    },
  });

/** Follows a run to its end and returns what a reader then holds. */
async function follow(run: Run): Promise<{ rows: HistoryRow[]; end: unknown; fields: Set<string> }> {
  let rows: HistoryRow[] = [];
  const fields = new Set<string>();
  for await (const event of run.watch({ pollMs: 60 })) {
    if (event.type === "rows") rows.push(...event.rows);
    if (event.type === "reset")
      rows = rows.filter((row) => Number(row["_step"]) < (event.fromStep ?? -Infinity));
    if (event.type === "run") for (const field of event.fields) fields.add(field);
    if (event.type === "end") return { rows, end: event.state, fields };
  }
  throw new Error("the watch ended without an end");
}

describe("watching a run", () => {
  it("ends with the rows that the run has, through restarts of lines and taking back, however it is done", async () => {
    const row = (step: number, x = step): string => `{"_step":${step},"x":${x}}`;
    await upsert("r");
    await log("r", 0, [row(0), row(1)]);
    const watches = [live(), polled()].map(async (api) => follow(await api.run("admin/p/r")));
    for (let step = 2; step < 40; step += 2) {
      await log("r", step, [row(step), row(step + 1)]);
      // A client repeats what it heard no answer of, and a run is taken back once.
      if (step === 10) await log("r", step, [row(step), row(step + 1)]);
      if (step === 20) {
        const query =
          'mutation { rewindRun(input: { runName: "r", entityName: "admin", projectName: "p", metricName: "_step", metricValue: 14 }) { rewoundRun { id } } }';
        await post("/graphql", { query });
        await log(
          "r",
          15,
          Array.from({ length: 7 }, (_, index) => row(15 + index, 100 + index)),
        );
      }
      await delay(15);
    }
    const summary = { "wandb-summary.json": { offset: 0, content: ['{"x":39}'] } };
    await post("/files/admin/p/r/file_stream", { files: summary, complete: true, exitcode: 0 });
    const [told, found] = await Promise.all(watches);
    const rows = await (await live().run("admin/p/r")).scanHistory().toArray();
    expect(rows).toHaveLength(40);
    expect(rows[17]).toEqual({ _step: 17, x: 102 });
    expect(told?.rows).toEqual(rows);
    expect(found?.rows).toEqual(rows);
    expect([told?.end, found?.end]).toEqual(["finished", "finished"]);
    expect([...(told?.fields ?? [])].sort()).toEqual(["state", "summary"]);
    expect(told?.fields).toEqual(found?.fields);
  });
});

describe("watching runs", () => {
  it("tells the same of a filtered list, however it is done", async () => {
    await upsert("a", ', tags: ["in"]');
    const seen = [live(), polled()].map((api) => {
      const events: string[] = [];
      const runs = api.runs("admin/p", { filters: { tags: "in" } });
      const stop = new AbortController();
      const over = (async () => {
        for await (const event of runs.watch({ pollMs: 60, signal: stop.signal }))
          events.push(describeEvent(event));
      })().catch((error: unknown) => {
        if (!stop.signal.aborted) throw error;
      });
      return { events, stop, over };
    });
    const all = async (expected: readonly string[]): Promise<void> => {
      await expect
        .poll(() => seen.map(({ events }) => events), { timeout: 10_000 })
        .toEqual([expected, expected]);
    };
    const expected = ["added a", "ready"];
    await all(expected);
    await upsert("b", ', tags: ["in"]');
    await upsert("out", ', tags: ["other"]');
    await all([...expected, "added b"]);
    await upsert("a", ', displayName: "A"');
    await all([...expected, "added b", "changed a name"]);
    await upsert("b", ", tags: []");
    await all([...expected, "added b", "changed a name", "removed b"]);
    await (await live().run("admin/p/a")).delete();
    await all([...expected, "added b", "changed a name", "removed b", "removed a"]);
    for (const { stop, over } of seen) {
      stop.abort();
      await over;
    }
  });
});

function describeEvent(event: RunsWatchEvent<Run>): string {
  switch (event.type) {
    case "added":
      return `added ${event.run.id}`;
    case "changed":
      return `changed ${event.run.id} ${event.fields.join()}`;
    case "removed":
      return `removed ${event.id}`;
    case "ready":
      return "ready";
  }
}
