import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";
import { CrashDetector } from "./crash-detector.ts";
import { RunCleanup } from "./run-cleanup.ts";
import type { Run } from "./run.ts";

let bench: TestBench;
let ann: UserCaller;

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
});

afterEach(() => bench.close());

async function createRun(runName: string): Promise<Run> {
  return (await bench.services.runs.upsert(ann, { entityName: null, projectName: "p", runName }, {})).run;
}

describe("the crash detector", () => {
  it("marks runs whose process was silent for five minutes", async () => {
    const detector = new CrashDetector({ runs: bench.stores.runs, clock: bench.clock });
    await createRun("silent");
    bench.clock.advance(200);
    await createRun("alive");
    bench.clock.advance(101);
    const crashed = await detector.detect(bench.clock.now());
    expect(crashed.map(({ name, state }) => [name, state])).toEqual([["silent", "crashed"]]);
    expect(await detector.detect(bench.clock.now())).toEqual([]);
  });

  it("gives runs that it finds at its start five minutes from then", async () => {
    await createRun("r");
    bench.clock.advance(3_600);
    const detector = new CrashDetector({ runs: bench.stores.runs, clock: bench.clock });
    bench.clock.advance(299);
    expect(await detector.detect(bench.clock.now())).toEqual([]);
    bench.clock.advance(2);
    expect(await detector.detect(bench.clock.now())).toHaveLength(1);
  });

  it("lets a run go on whose process comes back", async () => {
    const run = await createRun("r");
    const detector = new CrashDetector({ runs: bench.stores.runs, clock: bench.clock });
    bench.clock.advance(301);
    await detector.detect(bench.clock.now());
    await bench.stores.runs.applyStream([
      { projectId: run.projectId, runId: run.runId, now: bench.clock.now(), hasHistory: false },
    ]);
    expect((await bench.stores.runs.find(run))?.state).toBe("running");
  });
});

describe("what a deleted run leaves behind", () => {
  /** Hands all events over that came since the last time. */
  async function cleanUp(): Promise<void> {
    const { log, files, feed } = bench.stores;
    const cleanup = new RunCleanup({ log, files, blobs: bench.blobs, clock: bench.clock });
    const { consumer } = cleanup;
    for (;;) {
      const events = await feed.read({ afterSeq: await feed.position({ consumer }), limit: 100 });
      const last = events.at(-1);
      if (last === undefined) return;
      await cleanup.handle(events);
      await feed.advance({ consumer, seq: last.seq });
    }
  }

  async function upload(run: Run, name: string, key: string): Promise<void> {
    const { projectId, runId } = run;
    const now = bench.clock.now();
    const [file] = await bench.stores.files.announce({ projectId, runId, names: [name], now });
    const info = await bench.blobs.put({ key, body: (async function* () {})() });
    const content = { blobKey: key, ...info };
    await bench.stores.files.complete({ projectId, runId, fileId: file?.fileId ?? 0, content, now });
  }

  it("is removed: lines, files and blobs, and those of no other run", async () => {
    const [gone, kept] = [await createRun("gone"), await createRun("kept")];
    for (const { projectId, runId, name } of [gone, kept]) {
      const write = { stream: "console", offset: 0, lines: ["x"], writer: "", steps: null } as const;
      await bench.stores.log.append([{ projectId, runId, ...write }]);
      await upload({ ...gone, runId }, "a", `blob of ${name}`);
    }
    await bench.services.runs.delete(ann, gone);
    await cleanUp();
    await cleanUp();
    expect((await bench.stores.log.counts(gone)).console).toBe(0);
    expect(await bench.stores.files.count(gone)).toBe(0);
    expect(await bench.blobs.find({ key: "blob of gone" })).toBeUndefined();
    expect((await bench.stores.log.counts(kept)).console).toBe(1);
    expect(await bench.stores.files.count(kept)).toBe(1);
    expect(await bench.blobs.find({ key: "blob of kept" })).toBeDefined();
  });

  it("and the blob of a file that was replaced is removed too", async () => {
    const run = await createRun("r");
    await upload(run, "a", "first");
    await upload(run, "a", "second");
    await cleanUp();
    expect(await bench.blobs.find({ key: "first" })).toBeUndefined();
    expect(await bench.blobs.find({ key: "second" })).toBeDefined();
  });
});
