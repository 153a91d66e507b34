import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";
import type { Run } from "../runs/run.ts";
import type { Alert } from "./alert.ts";
import type { AlertInput } from "./alert-service.ts";

let bench: TestBench;
let ann: UserCaller;
let run: Run;
const address = { entityName: "ann", projectName: "p", runName: "r" };

beforeEach(async () => {
  bench = await openTestBench();
  ann = await bench.createCaller("ann");
  ({ run } = await bench.services.runs.upsert(ann, address, {}));
});

afterEach(() => bench.close());

function notify(input: Partial<AlertInput> = {}, caller = ann): Promise<Alert | undefined> {
  const alert = { title: "loss", text: "is high", severity: null, waitDurationMs: null, ...input };
  return bench.services.alerts.notify(caller, address, alert);
}

describe("an alert", () => {
  it("is stored with its sender, and for information unless it says more", async () => {
    const alert = await notify();
    expect(alert).toMatchObject({ title: "loss", text: "is high", severity: "INFO", userId: ann.user.id });
    expect(await notify({ severity: "ERROR" })).toMatchObject({ severity: "ERROR" });
    expect((await bench.services.alerts.list(ann, run)).map(({ severity }) => severity)).toEqual([
      "ERROR",
      "INFO",
    ]);
  });

  it("of a title that was heard of lately waits for its time", async () => {
    await notify({ waitDurationMs: 60_000 });
    bench.clock.advance(59);
    expect(await notify({ waitDurationMs: 60_000 })).toBeUndefined();
    bench.clock.advance(1);
    expect(await notify({ waitDurationMs: 60_000 })).toBeDefined();
    expect(await notify({ waitDurationMs: Number.MAX_SAFE_INTEGER })).toBeUndefined();
  });

  it.each([
    [{ waitDurationMs: -1 }, "waitDuration"],
    [{ title: "x".repeat(1_025) }, "title"],
    [{ text: "x".repeat(65_537) }, "text"],
  ])("with %o is refused", async (input, field) => {
    await expect(notify(input)).rejects.toMatchObject({ code: "invalid_argument", field });
  });

  it("is for those who may add to the run", async () => {
    const bob = await bench.createCaller("bob");
    await expect(notify({}, bob)).rejects.toMatchObject({ code: "not_found" });
    await expect(bench.services.alerts.list(bob, run)).rejects.toMatchObject({ code: "not_found" });
    await expect(notify({}, { ...ann, scope: "read" })).rejects.toMatchObject({ code: "permission_denied" });
  });
});
