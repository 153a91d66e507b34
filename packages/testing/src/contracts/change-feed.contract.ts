// What every change feed must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ChangeEvent, ChangeFeed } from "@steelyard/server";

/** A feed to test, empty. */
export interface ChangeFeedUnderTest {
  readonly feed: ChangeFeed;
  /** Appends events in one transaction. */
  append(events: readonly Omit<ChangeEvent, "seq">[]): Promise<void>;
  close(): Promise<void>;
}

/** Declares the suite; `create` is called before each test. */
export function describeChangeFeed(name: string, create: () => Promise<ChangeFeedUnderTest>): void {
  describe(name, () => {
    let under: ChangeFeedUnderTest;
    let feed: ChangeFeed;

    beforeEach(async () => {
      under = await create();
      feed = under.feed;
    });
    afterEach(() => under.close());

    const append = (...payloads: readonly string[]): Promise<void> =>
      under.append(payloads.map((payload, index) => ({ ...created, payload, createdAt: at(index) })));
    const read = async (afterSeq = 0, limit = 100): Promise<readonly string[]> =>
      (await feed.read({ afterSeq, limit })).map((event) => event.payload);

    it("gives events back as they were, oldest first, after a place and up to a limit", async () => {
      await under.append([
        { ...created, payload: '{"name":"é"}' },
        { ...created, kind: "file.deleted", runId: null },
      ]);
      const events = await feed.read({ afterSeq: 0, limit: 10 });
      expect(events).toEqual([
        { ...created, payload: '{"name":"é"}', seq: events[0]?.seq },
        { ...created, kind: "file.deleted", runId: null, seq: events[1]?.seq },
      ]);
      expect(await feed.read({ afterSeq: events[0]?.seq ?? 0, limit: 10 })).toEqual(events.slice(1));
      expect(await feed.read({ afterSeq: 0, limit: 1 })).toEqual(events.slice(0, 1));
      expect(await feed.read({ afterSeq: events[1]?.seq ?? 0, limit: 10 })).toEqual([]);
    });

    it("tells the oldest and the newest event that it keeps", async () => {
      expect(await feed.span()).toEqual({ first: 0, last: 0 });
      await append("a", "b", "c");
      const events = await feed.read({ afterSeq: 0, limit: 10 });
      expect(await feed.span()).toEqual({ first: events[0]?.seq, last: events[2]?.seq });
    });

    it("numbers events in the order of commits", async () => {
      await Promise.all(["a", "b", "c"].map((payload) => append(payload, payload)));
      const events = await feed.read({ afterSeq: 0, limit: 100 });
      const seqs = events.map((event) => event.seq);
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      expect(events).toHaveLength(6);
    });

    it("takes more events at once than fit into one statement", async () => {
      await append(...Array.from({ length: 3000 }, (_, index) => String(index)));
      const payloads = await read(0, 5000);
      expect(payloads).toHaveLength(3000);
      expect(payloads.at(-1)).toBe("2999");
    });

    it("remembers where each consumer stands, and never goes back", async () => {
      expect(await feed.position({ consumer: "a" })).toBe(0);
      await feed.advance({ consumer: "a", seq: 5 });
      await feed.advance({ consumer: "b", seq: 2 });
      await feed.advance({ consumer: "a", seq: 3 });
      expect(await feed.position({ consumer: "a" })).toBe(5);
      expect(await feed.position({ consumer: "b" })).toBe(2);
    });

    it("does not wait where an event is there already", async () => {
      await append("x");
      await feed.wait({ afterSeq: 0, timeoutMs: 60_000 });
    });

    it("waits until an event comes", async () => {
      await append("x");
      const [event] = await feed.read({ afterSeq: 0, limit: 1 });
      let isOver = false;
      const waiting = feed.wait({ afterSeq: event?.seq ?? 0, timeoutMs: 60_000 }).then(() => (isOver = true));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(isOver).toBe(false);
      await append("y");
      await waiting;
    });

    it("stops waiting when the time is over", async () => {
      const startedAt = performance.now();
      await feed.wait({ afterSeq: 0, timeoutMs: 60 });
      expect(performance.now() - startedAt).toBeGreaterThan(50);
    });

    it("removes old events that every consumer is done with, and no others", async () => {
      await append("0", "1", "2", "3", "4", "5");
      const seqs = (await feed.read({ afterSeq: 0, limit: 10 })).map((event) => event.seq);
      await feed.advance({ consumer: "slow", seq: seqs[2] ?? 0 });
      await feed.advance({ consumer: "fast", seq: seqs[5] ?? 0 });
      expect(await feed.prune({ createdBefore: at(2) })).toBe(2);
      expect(await read()).toEqual(["2", "3", "4", "5"]);
      expect(await feed.prune({ createdBefore: at(60) })).toBe(1);
      expect(await feed.prune({ createdBefore: at(60) })).toBe(0);
      expect(await read()).toEqual(["3", "4", "5"]);
      await feed.advance({ consumer: "slow", seq: seqs[5] ?? 0 });
      expect(await feed.prune({ createdBefore: at(60) })).toBe(3);
      await append("new");
      expect((await feed.read({ afterSeq: 0, limit: 1 }))[0]?.seq).toBeGreaterThan(seqs[5] ?? Infinity);
    });
  });
}

const created: Omit<ChangeEvent, "seq"> = {
  kind: "run.created",
  projectId: 3,
  runId: 7,
  payload: "{}",
  createdAt: "2026-03-01T10:00:00.000Z",
};

function at(minute: number): string {
  return new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
}
