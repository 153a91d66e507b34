import { isJsonArray, isJsonObject, liveRunPath, liveRunsPath, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";

let bench: TestBench;
let ann: UserCaller;
let url: string;
let authorization: string;
const opened: AbortController[] = [];

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  authorization = await bench.authorize(ann);
  url = await bench.app.listen({ port: 0, host: "127.0.0.1" });
});

afterEach(async () => {
  for (const stream of opened.splice(0)) stream.abort();
  await bench.close();
});

const address = { entityName: "ann", projectName: "p", runName: "r" };

async function createRun(runName = "r"): Promise<void> {
  await bench.services.runs.upsert(ann, { ...address, runName }, {});
}

/** Sends lines as the run's process does. */
async function log(
  offset: number,
  lines: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const project = await bench.services.projects.require(ann, address);
  const files = { "wandb-history.jsonl": { offset, content: lines } };
  const body = Buffer.from(JSON.stringify({ ...(lines.length > 0 && { files }), ...more }));
  await bench.services.history.append(
    ann,
    { project, runName: "r" },
    { body, encoding: "identity", writer: "" },
  );
}

interface Message {
  readonly event: string;
  readonly data: JsonObject;
  readonly id: string;
}

/** A reader of a stream of events; signs of life are left out. */
async function* read(
  path: string,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<Message, undefined> {
  const leave = new AbortController();
  opened.push(leave);
  const answer = await fetch(url + path, {
    headers: { authorization, ...headers },
    signal: leave.signal,
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const decoder = new TextDecoder();
  let text = "";
  try {
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = answer.body?.getReader();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
      text += decoder.decode(part.value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      yield* blocks.flatMap(toMessage);
    }
  } finally {
    leave.abort();
  }
  return undefined;
}

function toMessage(block: string): readonly Message[] {
  const fields = new Map(
    block.split("\n").map((line) => [line.split(": ", 1)[0] ?? "", line.slice(line.indexOf(": ") + 2)]),
  );
  const data = fields.get("data");
  if (data === undefined) return [];
  return [{ event: fields.get("event") ?? "", data: parseJsonObject(data), id: fields.get("id") ?? "" }];
}

function textsOf(value: JsonValue | undefined): string[] {
  return isJsonArray(value) ? value.map(String) : [];
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

async function next(stream: AsyncGenerator<Message, undefined>): Promise<Message | undefined> {
  const result = await stream.next();
  return result.done === true ? undefined : result.value;
}

/** Takes messages until the rows of several are as many as wanted; rows taken back are forgotten. */
async function rowsOf(
  stream: AsyncGenerator<Message, undefined>,
  count: number,
  known: readonly string[] = [],
): Promise<string[]> {
  let rows = [...known];
  while (rows.length !== count) {
    const message = await next(stream);
    if (message === undefined) throw new Error("the stream has ended");
    if (message.event === "rows") rows.push(...textsOf(message.data["rows"]));
    if (message.event === "reset") {
      const from = message.data["fromStep"];
      rows = rows.filter(
        (row) => typeof from === "number" && Number(/"_step":(-?\d+)/.exec(row)?.[1]) < from,
      );
    }
  }
  return rows;
}

const row = (step: number, x = step): string => `{"_step":${step},"x":${x}}`;
const RUN = liveRunPath({ entity: "ann", project: "p", run: "r" });
const RUNS = liveRunsPath({ entity: "ann", project: "p" });

describe("watching a run", () => {
  it("gives what was logged, then what is logged, and ends with the run", async () => {
    await createRun();
    await log(0, [row(0), row(1)]);
    const stream = read(RUN);
    expect(await next(stream)).toMatchObject({ event: "run", data: { state: "running", fields: [] } });
    expect(await next(stream)).toMatchObject({ event: "rows", data: { rows: [row(0), row(1)] } });
    await log(2, [row(2), '{"_step":3,"y":NaN}']);
    expect(await rowsOf(stream, 2)).toEqual([row(2), '{"_step":3,"y":NaN}']);
    const last = {
      "wandb-summary.json": { offset: 0, content: ['{"x":4}'] },
      "wandb-history.jsonl": { offset: 4, content: [row(4)] },
    };
    await log(0, [], { files: last, complete: true, exitcode: 0 });
    const seen: Message[] = [];
    for (let message = await next(stream); message !== undefined; message = await next(stream))
      seen.push(message);
    expect(seen.flatMap(({ data }) => textsOf(data["rows"]))).toEqual([row(4)]);
    expect(
      seen.flatMap(({ event, data }) => (event === "run" ? textsOf(data["fields"]) : [])).sort(),
    ).toEqual(["state", "summary"]);
    expect(seen.at(-1)).toMatchObject({ event: "end", data: { state: "finished" } });
  });

  it("goes on after the event that a reader saw last, without a gap and nothing twice", async () => {
    await createRun();
    await log(0, [row(0), row(1)]);
    const first = read(RUN);
    await next(first);
    const seen = await next(first);
    await first.return(undefined);
    await log(2, [row(2), row(3)]);
    const second = read(RUN, { "last-event-id": seen?.id ?? "" });
    expect(await rowsOf(second, 2)).toEqual([row(2), row(3)]);
    const unknown = read(RUN, { "last-event-id": "who knows" });
    expect(await rowsOf(unknown, 4)).toHaveLength(4);
  });

  it("tells from which step on rows were overwritten or taken back, and gives them anew", async () => {
    await createRun();
    await log(0, [row(0), row(1), row(2), row(3)]);
    const stream = read(RUN);
    let rows = await rowsOf(stream, 4);
    await log(2, [row(2, 20), row(3, 30), row(4)]);
    rows = await rowsOf(stream, 5, rows);
    expect(rows).toEqual([row(0), row(1), row(2, 20), row(3, 30), row(4)]);
    await bench.services.runs.rewind(ann, address, { metricName: "_step", value: 1 });
    rows = await rowsOf(stream, 2, rows);
    await log(2, [row(2, 200)]);
    expect(await rowsOf(stream, 3, rows)).toEqual([row(0), row(1), row(2, 200)]);
    // A late row comes in its place.
    await log(3, [row(7), row(5)]);
    expect(await rowsOf(stream, 5, rows.slice(0, 2).concat(row(2, 200)))).toEqual([
      row(0),
      row(1),
      row(2, 200),
      row(5),
      row(7),
    ]);
  });

  it("can begin at a step and be of some keys", async () => {
    await createRun();
    await log(0, [row(0), '{"_step":1,"y":1,"x":1}', '{"_step":2,"z":1}', '{"_step":3,"y":{"a":2}}']);
    const keys = encodeURIComponent(JSON.stringify(["y.a", "x"]));
    const stream = read(`${RUN}?fromStep=1&keys=${keys}`);
    expect(await rowsOf(stream, 2)).toEqual(['{"_step":1,"x":1}', '{"_step":3,"y.a":2}']);
    await expect(next(read(`${RUN}?fromStep=x`))).rejects.toThrow('"field":"fromStep"');
    await expect(next(read(`${RUN}?keys=x`))).rejects.toThrow('"field":"keys"');
  });

  it("ends when the run is deleted, and when the reader may no longer see it", async () => {
    await createRun();
    const stream = read(RUN);
    await next(stream);
    const run = await bench.services.runs.require(ann, address);
    await bench.services.projects.upsert(ann, address, { access: "USER_READ" });
    const bob = await bench.authorize(await bench.createCaller("bob"));
    const his = read(RUN, { authorization: bob });
    expect(await next(his)).toMatchObject({ event: "run" });
    await bench.services.projects.upsert(ann, address, { access: "PRIVATE" });
    expect(await next(his)).toMatchObject({ event: "error", data: { code: "not_found" } });
    expect(await next(his)).toBeUndefined();
    await expect(next(read(RUN, { authorization: bob }))).rejects.toThrow("404");
    await bench.services.runs.delete(ann, run);
    expect(await next(stream)).toMatchObject({ event: "deleted" });
    expect(await next(stream)).toBeUndefined();
  });

  it("costs one look at the rows for all who stand at the same place", async () => {
    await createRun();
    await log(0, [row(0)]);
    const streams = Array.from({ length: 60 }, () => read(RUN));
    await Promise.all(streams.map((stream) => rowsOf(stream, 1)));
    const { history } = bench.stores;
    const look = history.changes.bind(history);
    let looks = 0;
    Reflect.set(history, "changes", (request: Parameters<typeof look>[0]) => {
      looks += 1;
      return look(request);
    });
    await log(1, [row(1)]);
    const rows = await Promise.all(streams.map((stream) => rowsOf(stream, 1)));
    expect(rows).toEqual(streams.map(() => [row(1)]));
    expect(looks).toBeLessThan(10);
  });
});

describe("watching a project's runs", () => {
  it("tells which runs were made, changed, moved and deleted", async () => {
    await createRun("a");
    const stream = read(RUNS);
    expect(await next(stream)).toMatchObject({ event: "ready" });
    await createRun("r");
    await bench.services.runs.upsert(ann, { ...address, runName: "a" }, { displayName: "A" });
    await log(0, [row(0)], { complete: true, exitcode: 1 });
    const all = {
      created: new Set<string>(),
      updated: new Map<string, string>(),
      states: new Map<string, unknown>(),
    };
    while (all.states.get("r") !== "failed") {
      const message = await next(stream);
      const data = message?.data ?? {};
      for (const name of textsOf(data["created"])) all.created.add(name);
      for (const [name, fields] of Object.entries(objectOf(data["updated"])))
        all.updated.set(name, textsOf(fields).join());
      for (const [name, state] of Object.entries(objectOf(data["states"]))) all.states.set(name, state);
    }
    expect([...all.created]).toEqual(["r"]);
    expect(all.updated.get("a")).toContain("displayName");
    await bench.services.runs.delete(ann, await bench.services.runs.require(ann, address));
    let deleted: unknown;
    while (deleted === undefined) {
      const names = textsOf((await next(stream))?.data["deleted"]);
      if (names.length > 0) deleted = names;
    }
    expect(deleted).toEqual(["r"]);
  });

  it("tells what was missed to a reader that comes again, or that it is too much", async () => {
    await createRun("a");
    const first = read(RUNS);
    const ready = await next(first);
    await first.return(undefined);
    await createRun("b");
    const second = read(RUNS, { "last-event-id": ready?.id ?? "" });
    expect(await next(second)).toMatchObject({ event: "ready" });
    expect(await next(second)).toMatchObject({ event: "runs", data: { created: ["b"] } });
    const third = read(RUNS, { "last-event-id": "999999" });
    expect(await next(third)).toMatchObject({ event: "ready" });
    expect(await next(third)).toMatchObject({ event: "resync" });
  });
});
