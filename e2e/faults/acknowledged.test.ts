// What was acknowledged is kept: the server is killed at random moments while several clients write, others read and it
// seals what is there, and every acknowledged line, summary and file must be found again, each once.
import { setTimeout as delay } from "node:timers/promises";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { pick, pickString, Wire, type RunAddress } from "../wire/wire.ts";
import { isGone, RunWriter } from "./run-writer.ts";

const isLong = process.env["STEELYARD_LONG"] === "1";
const kills = isLong ? 100 : 5;
const writerCount = 4;

it(
  `finds every acknowledged line again after each of ${kills} kills`,
  { timeout: isLong ? 3_600_000 : 180_000 },
  async () => {
    await using server = await startTestServer({ env: { STEELYARD_SEAL_LINES: "40" } });
    const wire = new Wire(server);
    const runs = await Promise.all(
      Array.from({ length: writerCount }, (_, index) => wire.upsertRun("kills", `writer-${index}`)),
    );
    const writers = runs.map((run) => new RunWriter(wire, run));
    for (let kill = 0; kill < kills; kill++) {
      const stop = new AbortController();
      const working = writers.flatMap((writer) => [
        writer.writeUntilRefused(stop.signal),
        readUntilRefused(wire, writer, stop.signal),
      ]);
      // A different moment each time: during the first requests, or far into the stream.
      await delay(20 + ((kill * 337) % 1200));
      await server.kill();
      stop.abort();
      await Promise.all(working);
      await server.restart();
      for (const writer of writers) await expectEverythingAcknowledged(wire, writer);
    }
    for (const writer of writers) {
      await writer.finish();
      await expectEverythingAcknowledged(wire, writer);
      expect(await wire.run(writer.run, "state")).toEqual({ state: "finished" });
    }
    expect(writers.map((writer) => writer.acknowledgedLines).every((count) => count > kills)).toBe(true);
  },
);

/** Asks for history again and again, and expects at least what was acknowledged before each question. */
async function readUntilRefused(wire: Wire, writer: RunWriter, signal: AbortSignal): Promise<void> {
  const specs = '{"keys":["_step","value"],"samples":100000}';
  try {
    while (!signal.aborted) {
      const known = writer.acknowledgedLines;
      const answer = await wire.run(
        writer.run,
        `historyKeys historyLineCount sampledHistory(specs: [${JSON.stringify(specs)}])`,
      );
      expect(Number(pick(answer, "historyKeys", "lastStep"))).toBeGreaterThanOrEqual(known - 1);
      const rows = pick(answer, "sampledHistory", 0);
      const steps = Array.isArray(rows) ? rows.map((row: unknown) => pick(row, "_step")) : [];
      expect(steps.length).toBeGreaterThanOrEqual(known);
      expect(steps).toEqual(steps.map((_, step) => step));
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function expectEverythingAcknowledged(wire: Wire, writer: RunWriter): Promise<void> {
  const lines = await wire.historyLines(writer.run);
  const message = `${writer.run.id}: ${writer.acknowledgedLines} lines were acknowledged, ${writer.sentLines} sent`;
  expect(lines.length, message).toBeGreaterThanOrEqual(writer.acknowledgedLines);
  expect(lines.length, message).toBeLessThanOrEqual(writer.sentLines);
  // Of sealed lines the values are kept, not their spelling.
  const values = (texts: readonly string[]): unknown[] => texts.map((text): unknown => JSON.parse(text));
  expect(values(lines), message).toEqual(values(lines.map((_, step) => writer.line(step))));
  const run = await wire.run(writer.run, "historyLineCount summaryMetrics config");
  expect(pick(run, "historyLineCount"), message).toBe(lines.length);
  if (writer.acknowledgedLines > 0) {
    const summary: unknown = JSON.parse(pickString(run, "summaryMetrics"));
    expect(Number(pick(summary, "step")), message).toBeGreaterThanOrEqual(writer.acknowledgedLines - 1);
  }
  if (writer.acknowledgedConfig !== undefined) {
    const config: unknown = JSON.parse(pickString(run, "config"));
    expect(Number(pick(config, "writes", "value")), message).toBeGreaterThanOrEqual(
      writer.acknowledgedConfig,
    );
  }
  for (const [name, content] of writer.acknowledgedFiles) {
    expect(await readRunFile(wire, writer.run, name), `${message}; file ${name}`).toBe(content);
  }
}

async function readRunFile(wire: Wire, run: RunAddress, name: string): Promise<string> {
  const answer = await wire.request(`/files/${run.entity}/${run.project}/${run.id}/${name}`);
  if (answer.status >= 300 && answer.status < 400) {
    return (await wire.request(answer.headers.location ?? "", { authorized: false })).text;
  }
  expect(answer.status).toBe(200);
  return answer.text;
}

it("reads the same after a restart as before it", async () => {
  await using server = await startTestServer();
  const wire = new Wire(server);
  const run = await wire.upsertRun("restart", "r", {
    config: '{"lr": {"value": 0.1}, "big": {"value": 1152921504606846977}, "nan": {"value": NaN}}',
    tags: ["a", "b"],
    notes: "notes ✓",
    groupName: "g",
    displayName: "shown",
  });
  const writer = new RunWriter(wire, run);
  await writer.write(50);
  await writer.writeFile("kept.txt");
  await wire.fileStream(run, {
    files: {
      "wandb-events.jsonl": {
        offset: 0,
        content: ['{"system.cpu": 12.5, "_timestamp": 1, "_runtime": 1, "_wandb": true}'],
      },
      "output.log": {
        offset: 0,
        content: ["2026-11-20T21:51:35.549510 hello", "ERROR 2026-11-20T21:51:36.000000 oops"],
      },
    },
  });
  const before = await readEverything(server, wire, run);
  await server.restart();
  expect(await readEverything(server, wire, run)).toEqual(before);
  await server.kill();
  await server.restart();
  expect(await readEverything(server, wire, run)).toEqual(before);
  await writer.write(10);
  expect(await wire.historyLines(run)).toHaveLength(60);
});

async function readEverything(server: TestServer, wire: Wire, run: RunAddress): Promise<unknown> {
  return {
    address: server.url,
    lines: await wire.historyLines(run),
    run: await wire.run(
      run,
      `id name displayName state config summaryMetrics systemMetrics tags notes group createdAt historyLineCount
       eventsLineCount logLineCount historyKeys events(samples: 10)
       sampled: sampledHistory(specs: ["{\\"keys\\": [\\"_step\\", \\"value\\"], \\"samples\\": 20}"])
       logLines(first: 10) { edges { node { number timestamp level label line } } }
       files(first: 10) { edges { node { id name sizeBytes md5 mimetype } } }`,
    ),
    file: await readRunFile(wire, run, "kept.txt"),
  };
}
