// What every store of queues must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewResourceConfig } from "@steelyard/server";
import { NOW } from "./identity-under-test.ts";
import { createLaunchHome } from "./launch-under-test.ts";
import type { LaunchHome, LaunchUnderTest } from "./launch-under-test.ts";

const LATER = "2026-03-02T10:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeRunQueueStore(name: string, create: () => Promise<LaunchUnderTest>): void {
  describe(name, () => {
    let under: LaunchUnderTest;
    let home: LaunchHome;
    let config: Omit<NewResourceConfig, "now">;
    beforeEach(async () => {
      under = await create();
      home = await createLaunchHome(under);
      const templateVariables = [{ name: "cpu", description: null, schema: '{"type":"integer"}' }];
      config = { entityId: home.user.entityId, resource: "local-process", config: "{}", templateVariables };
    });
    afterEach(() => under.close());

    const upsert = (changes: { readonly config?: string; readonly userId?: number } = {}) =>
      under.runQueues.upsert({
        projectId: home.project.id,
        name: "gpu",
        prioritizationMode: "V0",
        externalLinks: '{"links":[]}',
        config: { ...config, ...(changes.config !== undefined && { config: changes.config }) },
        userId: changes.userId ?? home.user.id,
        now: LATER,
      });

    it("finds a queue by number and by name, with who made it", async () => {
      const queue = await home.createQueue();
      expect(queue).toEqual({
        id: queue.id,
        projectId: home.project.id,
        name: "gpu",
        access: "PROJECT",
        prioritizationMode: null,
        configId: null,
        externalLinks: null,
        createdByUserId: home.user.id,
        createdBy: "ada",
        createdAt: NOW,
        updatedAt: NOW,
      });
      expect(await under.runQueues.find({ queueId: queue.id })).toEqual(queue);
      expect(await under.runQueues.find({ projectId: home.project.id, name: "gpu" })).toEqual(queue);
      expect(await under.runQueues.find({ projectId: home.project.id, name: "GPU" })).toBeUndefined();
    });

    it("refuses a second queue of a name and lists queues by name", async () => {
      await home.createQueue("b");
      await home.createQueue("a");
      await expect(home.createQueue("b")).rejects.toMatchObject({ code: "already_exists" });
      const queues = await under.runQueues.list({ projectId: home.project.id });
      expect(queues.map((queue) => queue.name)).toEqual(["a", "b"]);
    });

    it("keeps a config as it was given", async () => {
      const kept = await under.runQueues.createConfig({ ...config, config: '{"a":[1]}', now: NOW });
      expect(kept).toEqual({ ...config, config: '{"a":[1]}', id: kept.id });
      expect(await under.runQueues.findConfig({ configId: kept.id })).toEqual(kept);
      expect(await under.runQueues.findConfig({ configId: kept.id + 1 })).toBeUndefined();
    });

    it("creates on upsert, then replaces config, links and mode and keeps the rest", async () => {
      const first = await upsert();
      expect(first).toMatchObject({ inserted: true, queue: { access: "PROJECT", prioritizationMode: "V0" } });
      const second = await upsert({ config: '{"new":1}' });
      expect(second).toMatchObject({ inserted: false, queue: { id: first.queue.id, createdAt: LATER } });
      const { configId } = second.queue;
      expect(await under.runQueues.findConfig({ configId: configId ?? 0 })).toMatchObject({
        config: '{"new":1}',
      });
      expect(await under.runQueues.findConfig({ configId: first.queue.configId ?? 0 })).toBeUndefined();
    });

    it("deletes a queue with its items and with a config that no other queue has", async () => {
      const { queue } = await upsert();
      const shared = await under.runQueues.create({
        ...queue,
        name: "other",
        userId: home.user.id,
        now: NOW,
      });
      const { id: itemId } = await under.runQueueItems.push({
        queueId: queue.id,
        projectId: home.project.id,
        priority: 2,
        runSpec: "{}",
        targetEntity: "ada",
        targetProject: "p",
        userId: home.user.id,
        now: NOW,
      });
      expect(await under.runQueues.delete({ queueId: queue.id })).toBe(true);
      expect(await under.runQueues.delete({ queueId: queue.id })).toBe(false);
      expect(await under.runQueueItems.find({ itemId })).toBeUndefined();
      const configId = queue.configId ?? 0;
      expect(await under.runQueues.findConfig({ configId })).toBeDefined();
      await under.runQueues.delete({ queueId: shared.id });
      expect(await under.runQueues.findConfig({ configId })).toBeUndefined();
    });

    it("lets go of configs that no queue took with their team", async () => {
      const { entity } = await under.entities.putTeam({
        name: "vision",
        organizationId: null,
        members: [],
        createdAt: NOW,
      });
      const kept = await under.runQueues.createConfig({ ...config, entityId: entity.id, now: NOW });
      expect(await under.entities.deleteTeam({ name: "vision", deletedAt: NOW })).toBe(true);
      expect(await under.runQueues.findConfig({ configId: kept.id })).toBeUndefined();
    });

    it("goes with its project", async () => {
      const queue = await home.createQueue();
      await under.launchAgents.create({
        projectId: home.project.id,
        name: "agent-1",
        hostname: "h",
        config: null,
        version: null,
        queueIds: [queue.id],
        userId: home.user.id,
        now: NOW,
        forgetBefore: NOW,
      });
      expect(await under.projects.delete({ projectId: home.project.id })).toBe(true);
      expect(await under.runQueues.find({ queueId: queue.id })).toBeUndefined();
    });
  });
}
