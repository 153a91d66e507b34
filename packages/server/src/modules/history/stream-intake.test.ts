import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { StreamIntake } from "./stream-intake.ts";

const never = new AbortController().signal;

/** A body that is being stored until `finish` is called. */
function hold(
  intake: StreamIntake,
  bytes: number,
  isPacked = false,
): { finish: () => void; stored: Promise<unknown> } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stored = intake.hold({ body: new Uint8Array(bytes), isPacked }, () => promise);
  const finish = (): void => {
    resolve(undefined);
  };
  return { finish, stored };
}

/** Names of those that were let in, in order. */
function admit(intake: StreamIntake, names: readonly string[], signal = never): string[] {
  const admitted: string[] = [];
  for (const name of names) {
    void intake.admit(signal).then(() => {
      admitted.push(name);
    });
  }
  return admitted;
}

describe("the intake of streams", () => {
  it("lets bodies in while little waits to be stored, and then one after the other", async () => {
    const intake = new StreamIntake({ maxBytes: 100 });
    expect(intake.isOpen).toBe(true);
    await intake.admit(never);
    const first = hold(intake, 60);
    await intake.admit(never);
    const second = hold(intake, 60);
    const admitted = admit(intake, ["a", "b", "c", "d"]);
    await turn();
    expect(admitted).toEqual([]);
    expect(intake.load).toEqual({ bytes: 120, mostBytes: 120, waiting: 4 });
    first.finish();
    await first.stored;
    await turn();
    expect(admitted).toEqual(["a", "b"]);
    second.finish();
    await second.stored;
    await turn();
    expect(admitted).toEqual(["a", "b", "c", "d"]);
    expect(intake.load).toEqual({ bytes: 0, mostBytes: 120, waiting: 0 });
  });

  it("lets nobody overtake those that wait", async () => {
    const intake = new StreamIntake({ maxBytes: 10 });
    const held = hold(intake, 10);
    const admitted = admit(intake, ["a", "b", "c"]);
    const small = hold(intake, 0);
    held.finish();
    await held.stored;
    const later = admit(intake, ["z"]);
    await turn();
    expect([admitted, later]).toEqual([["a", "b", "c"], ["z"]]);
    small.finish();
    await small.stored;
  });

  it("forgets those who went away, and counts packed bodies as what they become", async () => {
    const intake = new StreamIntake({ maxBytes: 100 });
    const held = hold(intake, 20, true);
    expect(intake.load.bytes).toBe(160);
    const gone = new AbortController();
    const admitted = admit(intake, ["gone"], gone.signal);
    gone.abort();
    await turn();
    expect(admitted).toEqual(["gone"]);
    expect(intake.load.waiting).toBe(0);
    held.finish();
    await held.stored;
  });

  it("lets go of a body that could not be stored", async () => {
    const intake = new StreamIntake({ maxBytes: 10 });
    const body = new Uint8Array(20);
    const failing = intake.hold({ body, isPacked: false }, () => Promise.reject(new Error("disk full")));
    const admitted = admit(intake, ["a"]);
    await expect(failing).rejects.toThrow("disk full");
    await turn();
    expect(admitted).toEqual(["a"]);
    expect(intake.load.bytes).toBe(0);
  });
});
