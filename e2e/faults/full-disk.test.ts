// A disk that fills up while runs log: the client is told to come back, what was acknowledged stays, and the server
// goes on when there is room again. The disk is a real one, of a few megabytes.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { pick, Wire, type RunAddress, type WireAnswer } from "../wire/wire.ts";

const diskMebibytes = 40;
const fillerBytes = 24 * 1024 * 1024;
/** Far more than what fits. */
const maxRequests = 1000;

/** Only the superuser may mount a disk; elsewhere there is nothing to test with. */
const mayMount = process.platform === "linux" && process.getuid?.() === 0;

/** A small disk, gone again at the end. */
class SmallDisk implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "steelyard-disk-"));

  constructor() {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskMebibytes}m`, "tmpfs", this.folder]);
  }

  [Symbol.dispose](): void {
    execFileSync("umount", ["--lazy", this.folder]);
    rmdirSync(this.folder);
  }
}

/** One request of `lineCount` lines that cannot be compressed; `large` ones go past the journal of small writes. */
function send(wire: Wire, run: RunAddress, offset: number, texts: readonly string[]): Promise<WireAnswer> {
  const content = texts.map((text, index) => JSON.stringify({ _step: offset + index, text }));
  return wire.fileStream(run, {
    files: {
      "wandb-history.jsonl": { offset, content },
      "wandb-summary.json": { offset: 0, content: [JSON.stringify({ last: offset + texts.length - 1 })] },
    },
  });
}

it.runIf(mayMount).each([
  ["large", 40_000],
  ["small", 2_000],
])(
  "refuses %s writes for a while on a full disk, keeps what it acknowledged and recovers",
  { timeout: 120_000 },
  async (_kind, bytes) => {
    using disk = new SmallDisk();
    const filler = join(disk.folder, "filler");
    await using server = await startTestServer({ dataFolder: join(disk.folder, "data") });
    const wire = new Wire(server);
    const run = await wire.upsertRun("full", "r");
    writeFileSync(filler, randomBytes(fillerBytes));

    const acknowledged: string[] = [];
    const next = (): readonly string[] => [0, 1, 2].map(() => randomBytes(bytes).toString("base64"));
    let refusal: WireAnswer | undefined;
    let waiting = next();
    for (let request = 0; refusal === undefined && request < maxRequests; request += 1) {
      const answer = await send(wire, run, acknowledged.length, waiting);
      if (answer.status === 200) {
        acknowledged.push(...waiting);
        waiting = next();
      } else refusal = answer;
    }
    expect(refusal?.status).toBe(503);
    expect(pick(refusal?.json, "error", "message")).toContain("The disk is full");
    expect((await send(wire, run, acknowledged.length, waiting)).status).toBe(503);
    expect((await wire.request("/ready")).status).toBe(200);

    rmSync(filler);
    // The client repeats the same request until it is taken.
    for (
      let attempt = 0;
      (await send(wire, run, acknowledged.length, waiting)).status !== 200;
      attempt += 1
    ) {
      expect(attempt).toBeLessThan(50);
      await delay(100);
    }
    acknowledged.push(...waiting);
    const lines = acknowledged.map((text, step) => JSON.stringify({ _step: step, text }));
    expect(await wire.historyLines(run)).toEqual(lines);
    await server.kill();
    await server.restart();
    expect(await wire.historyLines(run)).toEqual(lines);
    expect(await wire.run(run, "summaryMetrics historyLineCount")).toEqual({
      summaryMetrics: JSON.stringify({ last: lines.length - 1 }),
      historyLineCount: lines.length,
    });
  },
);
