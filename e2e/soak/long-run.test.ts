// A long run is written and read back over HTTP in every way, while the server's memory is watched: it stays within a
// bound that does not depend on the run's length. Ten million rows with STEELYARD_LONG=1, or as many as
// STEELYARD_SOAK_ROWS says; few in ordinary runs, which then only show that the bound is watched at all.
import { Api } from "@steelyard/client";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { residentMebibytes } from "../../benchmarks/ingest/process-usage.ts";
import { eventually } from "../eventually.ts";
import { pick, pickList, Wire, type RunAddress } from "../wire/wire.ts";

const isLong = process.env["STEELYARD_LONG"] === "1";
const rows = Number(process.env["STEELYARD_SOAK_ROWS"] ?? (isLong ? 10_000_000 : 40_000));
const linesAPost = 2_000;
const rowsAChunk = 250_000;
const keyCount = 20;

/** What the server takes at most, whatever the length of a run: see docs/guide/operate.md. */
const boundMebibytes = Number(process.env["STEELYARD_SOAK_MEBIBYTES"] ?? 1536);

it(
  `writes and reads a run of ${rows} rows of 23 keys within ${boundMebibytes} MiB of the server's memory`,
  { timeout: isLong ? 7_200_000 : 120_000 },
  async () => {
    await using server = await startTestServer();
    const wire = new Wire(server);
    const run = await wire.upsertRun("soak", "long");
    const peak = async (stage: string): Promise<void> => {
      const { now, most } = await residentMebibytes(server.pid);
      if (isLong) console.log(`${stage}: ${Math.round(now)} MiB, at most ${Math.round(most)} MiB`);
      expect(most, stage).toBeLessThan(boundMebibytes);
    };

    for (let offset = 0; offset < rows; offset += linesAPost) {
      const answer = await wire.fileStream(run, bodyOf(offset, Math.min(linesAPost, rows - offset)));
      expect(answer.status, answer.text).toBe(200);
      if ((offset / linesAPost) % 500 === 0) await peak(`${offset} rows written`);
    }
    await wire.fileStream(run, { complete: true, exitcode: 0 });
    await peak("written");

    // On a busy machine the statistics of many rows may still have to be counted, longer than one request waits.
    const counted = await eventually(
      () => wire.run(run, "historyLineCount historyKeys").catch((error: unknown) => String(error)),
      (answer) => typeof answer !== "string",
      { timeoutMs: isLong ? 1_200_000 : 60_000 },
    );
    expect(counted).toMatchObject({ historyLineCount: rows, historyKeys: { lastStep: rows - 1 } });
    await expectPages(wire, run);
    await peak("pages read");
    // What looks at all rows takes 13 us a row where these are not sealed, and a burst is sealed after it.
    await eventually(
      () => wire.run(run, "historyFiles { rowCount file { tableBytes } }"),
      (answer) => !hasUnsealed(answer),
      { timeoutMs: isLong ? 1_200_000 : 60_000 },
    );
    await peak("sealed");
    const specs = JSON.stringify({ keys: ["_step", "metric/3"], samples: 500 });
    const sampled = pickList(
      await wire.run(run, `sampledHistory(specs: [${JSON.stringify(specs)}])`),
      "sampledHistory",
      0,
    );
    expect(sampled).toHaveLength(500);
    for (const row of sampled) expect(pick(row, "metric/3")).toBe(valueOf(Number(pick(row, "_step")), 3));
    await peak("sampled");
    await expectColumns(server, run);
    await peak("scanned into typed arrays");
    await expectExport(server, run);
    await peak("exported");
  },
);

/** Whether more rows than may always remain are not sealed. */
function hasUnsealed(answer: unknown): boolean {
  const unsealed = pickList(answer, "historyFiles").filter((stretch) => pick(stretch, "file") === null);
  return unsealed.some((stretch) => Number(pick(stretch, "rowCount")) > 1000);
}

/** A value with all its digits that is known again from its place. */
function valueOf(step: number, key: number): number {
  return ((step * 7919 + key * 104_729) % 1_000_003) / 1_000_003;
}

function bodyOf(offset: number, count: number): string {
  const content = Array.from({ length: count }, (_, index) => {
    const step = offset + index;
    const values = Array.from({ length: keyCount }, (_value, key) => `"metric/${key}":${valueOf(step, key)}`);
    return `{${values.join()},"_runtime":${step / 8},"_timestamp":${1.7e9 + step / 8},"_step":${step}}`;
  });
  return JSON.stringify({ files: { "wandb-history.jsonl": { offset, content } } });
}

async function expectPages(wire: Wire, run: RunAddress): Promise<void> {
  for (let place = 0; place < 10; place += 1) {
    const minStep = Math.floor((place / 10) * (rows - 1_000));
    const page = pickList(
      await wire.run(run, `history(minStep: ${minStep}, maxStep: ${minStep + 1_000}, samples: 1000)`),
      "history",
    );
    expect(page).toHaveLength(1_000);
    const last: unknown = JSON.parse(String(page.at(-1)));
    expect([pick(last, "_step"), pick(last, "metric/0")]).toEqual([minStep + 999, valueOf(minStep + 999, 0)]);
  }
}

/** Reads all keys of all rows with the client, as much at once as may be held. */
async function expectColumns(server: TestServer, address: RunAddress): Promise<void> {
  const api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
  const run = await api.run(`${address.entity}/${address.project}/${address.id}`);
  for (let minStep = 0; minStep < rows; minStep += rowsAChunk) {
    const { length, columns } = await run.scanHistory({ minStep, maxStep: minStep + rowsAChunk }).columns();
    expect(length).toBe(Math.min(rowsAChunk, rows - minStep));
    expect(columns.size).toBe(keyCount + 3);
    const values = columns.get("metric/7")?.values;
    expect(values).toBeInstanceOf(Float64Array);
    for (const index of [0, Math.floor(length / 2), length - 1]) {
      expect(values?.[index]).toBe(valueOf(minStep + index, 7));
    }
  }
}

/** Takes an export as fast as it comes and keeps nothing of it. */
async function expectExport(server: TestServer, { entity, project, id }: RunAddress): Promise<void> {
  const response = await fetch(`${server.url}/api/exports/${entity}/${project}/histories`, {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`api:${server.apiKey}`)}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ format: "parquet", runs: [id] }),
  });
  expect(response.status).toBe(200);
  let bytes = 0;
  let last = Buffer.alloc(0);
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    last = Buffer.concat([last, chunk.subarray(-4)]).subarray(-4);
  }
  expect(last.toString()).toBe("PAR1");
  expect(bytes).toBeGreaterThan(rows * keyCount * 2);
}
