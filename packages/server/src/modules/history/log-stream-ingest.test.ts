import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { Run } from "../runs/run.ts";
import type { LineWrite } from "./history-log.ts";
import { LogStreamIngest } from "./log-stream-ingest.ts";
import type { LogStreamIngestParts } from "./log-stream-ingest.ts";
import type { StreamReply } from "./stream-ingest.ts";

/** The stores, with the commits written down in their order, and a failure to be met when it is asked for. */
class ObservedStores implements LogStreamIngestParts {
  readonly commits: string[] = [];
  failure: ((writes: readonly LineWrite[]) => Error | undefined) | undefined;
  readonly history: LogStreamIngestParts["history"];
  readonly runs: LogStreamIngestParts["runs"];

  constructor({ log, runs }: TestBench["stores"]) {
    this.history = {
      append: async (writes) => {
        const error = this.failure?.(writes);
        if (error !== undefined) throw error;
        await log.append(writes);
        this.commits.push(`history ${writes.length}`);
      },
      deleteRun: (request) => log.deleteRun(request),
    };
    this.runs = {
      applyStream: async (changes) => {
        const results = await runs.applyStream(changes);
        this.commits.push(`runs ${changes.length}`);
        return results;
      },
      find: (request) => runs.find(request),
    };
  }
}

let bench: TestBench;
let stores: ObservedStores;
let ingest: LogStreamIngest;
let run: Run;

beforeEach(async () => {
  bench = await openTestBench();
  stores = new ObservedStores(bench.stores);
  ingest = new LogStreamIngest(stores);
  const ann = await bench.createCaller("ann");
  ({ run } = await bench.services.runs.upsert(ann, { entityName: null, projectName: "p", runName: "r" }, {}));
});

afterEach(() => bench.close());

function append(body: unknown): Promise<StreamReply> {
  return ingest.append({
    projectId: run.projectId,
    runName: run.name,
    body: Buffer.from(JSON.stringify(body)),
    encoding: "identity",
    writer: "",
    receivedAt: bench.clock.now(),
  });
}

function line(offset: number, text: string): unknown {
  return { files: { "output.log": { offset, content: [text] } } };
}

async function consoleTexts(): Promise<readonly string[]> {
  const { projectId, runId } = run;
  const lines = await bench.stores.log.readLines({ projectId, runId, stream: "console", from: 0, to: 100 });
  return lines.map(({ text }) => text);
}

describe("the ingest", () => {
  it("answers when lines and summary are stored", async () => {
    const files = {
      "wandb-history.jsonl": { offset: 0, content: ['{"_step":0,"a":1}'] },
      "wandb-summary.json": { offset: 0, content: ['{"a":1}'] },
    };
    expect(await append({ files })).toEqual({ isStopRequested: false, problems: [] });
    expect(await bench.stores.log.counts(run)).toMatchObject({ history: 1 });
    expect((await bench.stores.runs.find(run))?.summary).toBe('{"a":1}');
    expect(stores.commits).toEqual(["history 1", "runs 1"]);
  });

  it("makes one commit of the requests that arrive together, in their order", async () => {
    await append({});
    stores.commits.length = 0;
    await Promise.all([append(line(0, "a")), append(line(0, "b")), append({}), append(line(1, "c"))]);
    expect(stores.commits).toEqual(["history 3", "runs 4"]);
    expect(await consoleTexts()).toEqual(["b", "c"]);
  });

  it("lets requests that arrive during a commit share the next one", async () => {
    await append({});
    stores.commits.length = 0;
    const first = append(line(0, "a"));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, append(line(1, "b")), append(line(2, "c"))]);
    expect(stores.commits.filter((commit) => commit.startsWith("history"))).toEqual([
      "history 1",
      "history 2",
    ]);
    expect(await consoleTexts()).toEqual(["a", "b", "c"]);
  });

  it("takes the same request twice without a second line", async () => {
    await append(line(0, "a"));
    await append(line(0, "a"));
    expect(await consoleTexts()).toEqual(["a"]);
  });

  it("refuses a bad body without its neighbours", async () => {
    const [good, bad, other] = await Promise.allSettled([
      append(line(0, "a")),
      append({ files: 1 }),
      append(line(1, "b")),
    ]);
    expect([good.status, other.status]).toEqual(["fulfilled", "fulfilled"]);
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "invalid_argument", field: "files" } });
    expect(stores.commits).toEqual(["history 2", "runs 2"]);
  });

  it("refuses what the log refuses without its neighbours", async () => {
    const [good, bad, other] = await Promise.allSettled([
      append(line(0, "a")),
      append(line(2_000_000_000, "far away")),
      append(line(1, "b")),
    ]);
    expect([good.status, other.status]).toEqual(["fulfilled", "fulfilled"]);
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "invalid_argument" } });
    expect(await consoleTexts()).toEqual(["a", "b"]);
  });

  it("tells a failure of storage to the request that met it, and goes on", async () => {
    stores.failure = (writes) =>
      writes.some(({ lines }) => lines.includes("b")) ? new Error("disk") : undefined;
    const [good, bad] = await Promise.allSettled([append(line(0, "a")), append(line(1, "b"))]);
    expect(good.status).toBe("fulfilled");
    expect(bad).toEqual({ status: "rejected", reason: new Error("disk") });
    stores.failure = undefined;
    await append(line(1, "b"));
    expect(await consoleTexts()).toEqual(["a", "b"]);
  });

  it("leaves no lines of a run that is gone, whether it was written to before or not", async () => {
    const { projectId, runId } = run;
    await append(line(0, "a"));
    await bench.stores.runs.delete({ projectId, runId, now: bench.clock.now() });
    await expect(append(line(1, "b"))).rejects.toMatchObject({ code: "not_found" });
    await expect(append(line(2, "c"))).rejects.toMatchObject({ code: "not_found" });
    expect(await bench.stores.log.counts(run)).toMatchObject({ console: 0 });
  });

  it("writes to the run that took the name of one that is gone", async () => {
    const { projectId, runId, name } = run;
    await append(line(0, "old"));
    await bench.stores.runs.delete({ projectId, runId, now: bench.clock.now() });
    const { id: userId } = (await bench.createCaller("bob")).user;
    const upsert = { projectId, name, userId, now: bench.clock.now(), defaultDisplayName: name };
    ({ run } = await bench.stores.runs.upsert(upsert));
    await append(line(0, "new"));
    expect(run.runId).not.toBe(runId);
    expect(await consoleTexts()).toEqual(["new"]);
    expect(await bench.stores.log.counts({ projectId, runId })).toMatchObject({ console: 0 });
  });

  it("passes on that a stop was asked", async () => {
    const caller = await bench.createCaller("root", {});
    await bench.stores.runs.upsert({
      projectId: run.projectId,
      name: run.name,
      userId: caller.user.id,
      now: bench.clock.now(),
      defaultDisplayName: run.name,
      isStopRequested: true,
    });
    expect((await append({})).isStopRequested).toBe(true);
  });

  it("ends a run with its exit code", async () => {
    await append({ complete: true, exitcode: 0 });
    expect(await bench.stores.runs.find(run)).toMatchObject({ state: "finished", exitCode: 0 });
  });
});
