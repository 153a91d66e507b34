// When the sealer works and when it leaves the processors to those who take lines in.
import { afterEach, beforeEach, expect, it } from "vitest";
import { SystemClock } from "../../adapters/node/system-clock.ts";
import { openTemporarySealing, SMALL_PARTS } from "../../adapters/sqlite/temporary-sealing.ts";
import type { TemporarySealing } from "../../adapters/sqlite/temporary-sealing.ts";
import { HistoryActivity } from "./history-activity.ts";
import type { LineWrite } from "./history-log.ts";
import { Sealer } from "./sealer.ts";

let history: TemporarySealing;

beforeEach(async () => {
  history = await openTemporarySealing();
});

afterEach(() => history.close());

const stream = { projectId: 1, runId: 1, stream: "history" } as const;

function write(count: number): LineWrite {
  const lines = Array.from({ length: count }, (_, step) => `{"_step":${step}}`);
  return { ...stream, writer: "", offset: 0, lines, steps: { min: 0, max: count - 1 } };
}

/** `isBusy` is asked of what `activity` gives at that moment. */
function openSealer(activity: () => HistoryActivity, maxWaitMs?: number): Sealer {
  return new Sealer({
    ...history,
    activity: {
      take: () => Promise.resolve(activity().take()),
      isBusy: () => Promise.resolve(activity().isBusy),
    },
    runs: { find: () => Promise.resolve(undefined) },
    clock: new SystemClock(),
    rules: SMALL_PARTS,
    restFactor: 0,
    ...(maxWaitMs !== undefined && { maxWaitMs }),
  });
}

function afterBurst(): HistoryActivity {
  const activity = new HistoryActivity();
  // So many lines in a moment that other work should give way.
  activity.note([write(30_000)]);
  return activity;
}

async function sealedLines(): Promise<number> {
  const { stretches } = await history.log.layout({ ...stream, from: 0, to: 100 });
  return stretches.reduce((sum, { part, from, to }) => sum + (part === undefined ? 0 : to - from), 0);
}

it("leaves what is due until little is written", async () => {
  await history.log.append([write(20)]);
  let activity = afterBurst();
  const sealer = openSealer(() => activity);
  await sealer.round(AbortSignal.timeout(60_000));
  expect(await sealedLines()).toBe(0);
  activity = new HistoryActivity();
  await sealer.round(AbortSignal.timeout(60_000));
  expect(await sealedLines()).toBe(20);
});

it("does not wait for ever when lines do not stop coming", async () => {
  await history.log.append([write(20)]);
  const activity = afterBurst();
  await openSealer(() => activity, 0).round(AbortSignal.timeout(60_000));
  expect(await sealedLines()).toBe(20);
});
