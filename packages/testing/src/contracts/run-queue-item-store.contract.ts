// What every store of items must do: hand each of them to one agent at a time.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewRunQueueItem, RunQueue, RunQueueItem } from "@steelyard/server";
import { NOW } from "./identity-under-test.ts";
import { createLaunchHome } from "./launch-under-test.ts";
import type { LaunchHome, LaunchUnderTest } from "./launch-under-test.ts";

const LEASE_END = "2026-03-01T10:01:00.000Z";
const BEFORE_END = "2026-03-01T10:00:59.999Z";
const NEXT_END = "2026-03-01T10:02:00.000Z";
const NOTICE = { message: "no such image", stage: "agent", filePaths: ["error.log"] };

/** Declares the suite; `create` is called before each test. */
export function describeRunQueueItemStore(name: string, create: () => Promise<LaunchUnderTest>): void {
  describe(name, () => {
    let under: LaunchUnderTest;
    let home: LaunchHome;
    let queue: RunQueue;
    beforeEach(async () => {
      under = await create();
      home = await createLaunchHome(under);
      queue = await home.createQueue();
    });
    afterEach(() => under.close());

    const push = (changes: Partial<NewRunQueueItem> = {}): Promise<RunQueueItem> =>
      under.runQueueItems.push({
        queueId: queue.id,
        projectId: home.project.id,
        priority: 2,
        runSpec: '{"job":"j"}',
        targetEntity: "ada",
        targetProject: "p",
        userId: home.user.id,
        now: NOW,
        ...changes,
      });
    const pop = (now = NOW, leaseUntil = LEASE_END, agentId: number | null = null) =>
      under.runQueueItems.pop({ queueId: queue.id, agentId, now, leaseUntil });
    const find = (item: RunQueueItem) => under.runQueueItems.find({ itemId: item.id });

    it("keeps an item as it was given", async () => {
      const item = await push({ priority: 1 });
      expect(item).toEqual({
        id: item.id,
        queueId: queue.id,
        projectId: home.project.id,
        status: "PENDING",
        priority: 1,
        runSpec: '{"job":"j"}',
        targetEntity: "ada",
        targetProject: "p",
        leaseNumber: 0,
        leasedAt: null,
        leasedUntil: null,
        agentId: null,
        runName: null,
        failure: null,
        warnings: [],
        userId: home.user.id,
        createdAt: NOW,
        updatedAt: NOW,
      });
      expect(await find(item)).toEqual(item);
      await expect(push({ queueId: queue.id + 1 })).rejects.toMatchObject({ code: "not_found" });
    });

    it("lists the newest first, page by page, and counts", async () => {
      const ids = [(await push()).id, (await push()).id, (await push()).id];
      const page = await under.runQueueItems.list({ queueId: queue.id, before: null, limit: 2 });
      expect(page.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
      const rest = await under.runQueueItems.list({ queueId: queue.id, before: ids[1] ?? 0, limit: 2 });
      expect(rest.map(({ id }) => id)).toEqual([ids[0]]);
      expect(await under.runQueueItems.count({ queueId: queue.id })).toBe(3);
    });

    it("hands out the most urgent first and equals in the order of their coming", async () => {
      const [late, first, second, urgent] = [
        await push({ priority: 3 }),
        await push(),
        await push(),
        await push({ priority: 0 }),
      ];
      const order = [(await pop())?.id, (await pop())?.id, (await pop())?.id, (await pop())?.id];
      expect(order).toEqual([urgent.id, first.id, second.id, late.id]);
      expect(await pop()).toBeUndefined();
    });

    it("gives each item to exactly one of many that ask at once", async () => {
      const pushed = await Promise.all(Array.from({ length: 20 }, () => push()));
      const popped = await Promise.all(Array.from({ length: 50 }, (_, agent) => pop(NOW, LEASE_END, agent)));
      const taken = popped.flatMap((item) => item?.id ?? []);
      expect(taken.toSorted((a, b) => a - b)).toEqual(pushed.map(({ id }) => id));
    });

    it("lets an item go back when its lease is over, under a new lease", async () => {
      const item = await push();
      expect(await pop(NOW, LEASE_END, 7)).toMatchObject({
        leaseNumber: 1,
        leasedUntil: LEASE_END,
        agentId: 7,
      });
      expect(await pop(BEFORE_END)).toBeUndefined();
      const again = await pop(LEASE_END, NEXT_END, 8);
      expect(again).toMatchObject({ id: item.id, leaseNumber: 2, leasedAt: LEASE_END, agentId: 8 });
    });

    it("lets only the present lease announce a run, and that again and again", async () => {
      const { id: itemId } = await push();
      await pop();
      await pop(LEASE_END, NEXT_END);
      const claim = (leaseNumber: number | null, runName: string) =>
        under.runQueueItems.claim({ itemId, leaseNumber, runName, now: LEASE_END });
      expect(await claim(null, "first")).toBe(false);
      expect(await claim(1, "first")).toBe(false);
      expect(await claim(2, "second")).toBe(true);
      expect(await claim(2, "second")).toBe(true);
      expect(await claim(2, "third")).toBe(false);
      expect(await under.runQueueItems.find({ itemId })).toMatchObject({
        status: "CLAIMED",
        runName: "second",
      });
      expect(await pop("2026-03-01T11:00:00.000Z", "2026-03-01T11:01:00.000Z")).toBeUndefined();
    });

    it("accepts a late announcement while nobody else took the item", async () => {
      const { id: itemId } = await push();
      await pop();
      const late = { itemId, leaseNumber: null, runName: "r", now: NEXT_END };
      expect(await under.runQueueItems.claim(late)).toBe(true);
    });

    it("announces nothing for an item that nobody popped, that failed, or that is gone", async () => {
      const { id: itemId } = await push();
      const claim = { itemId, leaseNumber: null, runName: "r", now: NOW };
      expect(await under.runQueueItems.claim(claim)).toBe(false);
      await pop();
      await under.runQueueItems.fail({ itemId, leaseNumber: null, notice: NOTICE, now: NOW });
      expect(await under.runQueueItems.claim(claim)).toBe(false);
      expect(await under.runQueueItems.claim({ ...claim, itemId: itemId + 1 })).toBe(false);
    });

    it("marks as failed what waits, is leased or claimed, but not another agent's", async () => {
      const waiting = await push();
      const fail = (itemId: number, leaseNumber: number | null) =>
        under.runQueueItems.fail({ itemId, leaseNumber, notice: NOTICE, now: LEASE_END });
      expect(await fail(waiting.id, null)).toBe(true);
      expect(await find(waiting)).toMatchObject({ status: "FAILED", failure: NOTICE, updatedAt: LEASE_END });
      const leased = await push();
      await pop();
      await pop(LEASE_END, NEXT_END);
      expect(await fail(leased.id, null)).toBe(false);
      expect(await find(leased)).toMatchObject({ status: "PENDING", failure: null });
      await under.runQueueItems.claim({ itemId: leased.id, leaseNumber: 2, runName: "r", now: NEXT_END });
      expect(await fail(leased.id, 2)).toBe(true);
      expect(await fail(leased.id + 1, null)).toBe(false);
      expect(await pop("2026-03-01T12:00:00.000Z", "2026-03-01T12:01:00.000Z")).toBeUndefined();
    });

    it("keeps each warning once", async () => {
      const item = await push();
      const warn = (message: string) =>
        under.runQueueItems.warn({ itemId: item.id, notice: { ...NOTICE, message }, now: LEASE_END });
      expect([await warn("a"), await warn("a"), await warn("b")]).toEqual([true, true, true]);
      expect((await find(item))?.warnings.map(({ message }) => message)).toEqual(["a", "b"]);
      expect(await under.runQueueItems.warn({ itemId: item.id + 1, notice: NOTICE, now: NOW })).toBe(false);
    });

    it("deletes an item of the queue that is named, and no other's", async () => {
      const item = await push();
      const other = await home.createQueue("other");
      expect(await under.runQueueItems.delete({ queueId: other.id, itemId: item.id })).toBe(false);
      expect(await under.runQueueItems.delete({ queueId: queue.id, itemId: item.id })).toBe(true);
      expect(await find(item)).toBeUndefined();
    });
  });
}
