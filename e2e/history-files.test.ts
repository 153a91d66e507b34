// History read from sealed files is the history read live: the same rows, columns and order of keys, of whatever shape.
import { isDeepStrictEqual } from "node:util";
import {
  Api,
  PORTABLE_PLATFORM,
  type HistoryColumns,
  type HistoryScanOptions,
  type Run,
} from "@steelyard/client";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./eventually.ts";

const LINES = 7_000;
const FEATURE = "STEELYARD_HISTORY_FILES";

/** A random generator that gives the same in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lines with ascending steps and members of all kinds, some of them in any order and in a few lines only. */
function createLines(seed: number, stride: number): readonly string[] {
  const random = createRandom(seed);
  const choose = (...texts: readonly string[]): string => texts[Math.floor(random() * texts.length)] ?? "1";
  return Array.from({ length: LINES }, (_, line) => {
    const members = [
      `"loss":${choose(String(random()), String(random() * 1e-7), "NaN", "-Infinity", "1.0", "-0.0")}`,
    ];
    const sometimes = (share: number, member: () => string): void => {
      if (random() < share) members.push(member());
    };
    members.push(`"acc":${random()}`, `"_timestamp":${1_795_000_000 + line / 3}`);
    sometimes(0.4, () => `"epoch":${line}`);
    sometimes(
      0.3,
      () => `"mixed":${choose("1", "2.5", '"text"', "null", "true", "[1,2.0]", "12345678901234567890")}`,
    );
    sometimes(0.2, () => `"big":${choose("9007199254740993", "7")}`);
    sometimes(0.3, () => `"a":{"b":${random()},"c":{"d":${choose('"x"', "{}")}}}`);
    sometimes(0.05, () => `"a.b":${line}`);
    sometimes(0.1, () => `"image":{"_type":"image-file","path":"media/${line}.png","size":${line}}`);
    sometimes(0.1, () => `"word":${choose('"NaN"', '"é😀"', '"\\n"')}`);
    sometimes(0.02, () => `"7":${line}`);
    if (random() < 0.3) members.sort(() => random() - 0.5);
    members.splice(Math.floor(random() * members.length), 0, `"_step":${line * stride}`);
    return `{${members.join()}}`;
  });
}

const reads: readonly (readonly [string, HistoryScanOptions])[] = [
  ["everything", {}],
  ["one key", { keys: ["loss"] }],
  ["sparse keys, any of them", { keys: ["epoch", "image", "none"] }],
  ["keys of every kind, any of them", { keys: ["mixed", "word", "big"] }],
  ["keys that rows must all have", { keys: ["epoch", "mixed"], rows: "all-keys" }],
  ["nested keys", { keys: ["a.b", "a.c.d"] }],
  ["an object above keys, and what lies in media", { keys: ["a", "image.path"] }],
  ["a window", { minStep: 1_111, maxStep: 6_789 }],
  ["a window of keys", { keys: ["acc"], minStep: 2_000, maxStep: 9_000, pageSize: 700 }],
  ["a few rows", { minStep: 5, maxStep: 20 }],
];

describe("history from files", () => {
  let server: TestServer;
  let withFiles: Api;
  let live: Api;
  /** Unpacks files as browsers and Node 20 do. */
  let portable: Api;
  let blobReads = 0;
  let gone = 0;

  /** Counts reads of files, and answers as many of them as asked for as if their addresses had run out. */
  const countingFetch = (url: string, init: RequestInit): Promise<Response> => {
    if (!url.includes("/blobs/")) return fetch(url, init);
    blobReads += 1;
    if (gone === 0) return fetch(url, init);
    gone -= 1;
    return Promise.resolve(Response.json({ error: { code: "gone", message: "expired" } }, { status: 410 }));
  };

  /** Hides the feature, as a server without it would. */
  const liveFetch = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    const text = await response.text();
    return new Response(text.replaceAll(FEATURE, "STEELYARD_NOTHING"), response);
  };

  async function append(
    runId: string,
    offset: number,
    content: readonly string[],
    isComplete: boolean,
  ): Promise<void> {
    const files = { "wandb-history.jsonl": { offset, content } };
    const response = await fetch(`${server.url}/files/sealer/files/${runId}/file_stream`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`api:${server.apiKey}`)}`, "content-type": "application/json" },
      body: JSON.stringify({ files, ...(isComplete && { complete: true, exitcode: 0 }) }),
    });
    expect(response.status).toBe(200);
  }

  async function createRun(runId: string, lines: readonly string[]): Promise<{ files: Run; live: Run }> {
    await live.createRun({ runId, project: "files", entity: "sealer" });
    for (let start = 0; start < lines.length; start += 1_000) {
      await append(runId, start, lines.slice(start, start + 1_000), false);
    }
    const files = await withFiles.run(`sealer/files/${runId}`);
    const before = blobReads;
    // A window of many rows is read from a file as soon as there is one.
    await eventually(
      async () => {
        await files.scanHistory({ keys: ["loss"] }).columns();
        return blobReads;
      },
      (count) => count > before,
    );
    return { files, live: await live.run(`sealer/files/${runId}`) };
  }

  beforeAll(async () => {
    server = await startTestServer({ user: "sealer", env: { STEELYARD_SEAL_LINES: "1000" } });
    const settings = { apiKey: server.apiKey, overrides: { baseUrl: server.url } };
    withFiles = new Api({ ...settings, fetch: countingFetch });
    live = new Api({ ...settings, fetch: liveFetch });
    portable = new Api({ ...settings, fetch: countingFetch, platform: PORTABLE_PLATFORM });
  });

  afterAll(() => server.stop());

  it.each([
    [1, 1],
    [2, 3],
  ])(
    "is what is read live, in rows and in columns (history %i, a row every %i steps)",
    async (seed, stride) => {
      const run = await createRun(`random-${seed}`, createLines(seed, stride));
      for (const [name, options] of reads) {
        const rows = await run.files.scanHistory(options).toArray();
        expect(
          isDeepStrictEqual(rows, await run.live.scanHistory(options).toArray()),
          `rows of ${name}`,
        ).toBe(true);
        const columns = await run.files.scanHistory(options).columns();
        expect(describeColumns(columns), name).toEqual(
          describeColumns(await run.live.scanHistory(options).columns()),
        );
      }
    },
  );

  it("is the same where files are unpacked without a native Zstandard", async () => {
    const native = await createRun("portable", createLines(5, 1));
    const run = await portable.run("sealer/files/portable");
    for (const [name, options] of reads) {
      const before = blobReads;
      const rows = await run.scanHistory(options).toArray();
      expect(
        isDeepStrictEqual(rows, await native.live.scanHistory(options).toArray()),
        `rows of ${name}`,
      ).toBe(true);
      const columns = await run.scanHistory(options).columns();
      expect(describeColumns(columns), name).toEqual(
        describeColumns(await native.live.scanHistory(options).columns()),
      );
      // A few rows come from the server's own pages.
      if (rows.length > 1_000) expect(blobReads, name).toBeGreaterThan(before);
    }
  });

  it("holds what was written over, cut into and added since", async () => {
    const lines = createLines(3, 1);
    const run = await createRun("changed", lines);
    await append("changed", 1_500, ['{"_step":1500,"loss":"written over"}'], false);
    await append("changed", LINES, ['{"_step":2600,"late":1}', `{"_step":${LINES},"loss":1}`], false);
    for (const options of [{}, { keys: ["loss", "late"] }]) {
      const columns = await run.files.scanHistory(options).columns();
      expect(columns.length).toBe(LINES + 1);
      expect(describeColumns(columns)).toEqual(
        describeColumns(await run.live.scanHistory(options).columns()),
      );
      const rows = await run.files.scanHistory(options).toArray();
      expect(isDeepStrictEqual(rows, await run.live.scanHistory(options).toArray())).toBe(true);
    }
  });

  it("goes on with new addresses when the old ones have run out", async () => {
    const run = await createRun("expired", createLines(4, 1));
    const expected = describeColumns(await run.live.scanHistory({ keys: ["acc"] }).columns());
    gone = 1;
    expect(describeColumns(await run.files.scanHistory({ keys: ["acc"] }).columns())).toEqual(expected);
    gone = 1;
    expect(await run.files.scanHistory({ keys: ["acc"] }).toArray()).toHaveLength(LINES);
    gone = Infinity;
    await expect(run.files.scanHistory({ keys: ["acc"] }).columns()).rejects.toMatchObject({ code: "gone" });
    gone = 0;
  });
});

/** Columns in their order, each with what it holds. */
function describeColumns({ columns, length }: HistoryColumns): unknown {
  return {
    length,
    columns: [...columns].map(([key, { kind, values, present }]) => ({
      key,
      kind,
      values,
      present: present.bytes,
      count: present.count,
    })),
  };
}
