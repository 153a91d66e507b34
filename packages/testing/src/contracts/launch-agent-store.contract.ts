// What every store of agents must do.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LaunchAgent, NewLaunchAgent, RunQueue } from "@steelyard/server";
import { NOW } from "./identity-under-test.ts";
import { createLaunchHome } from "./launch-under-test.ts";
import type { LaunchHome, LaunchUnderTest } from "./launch-under-test.ts";

const LATER = "2026-03-01T10:05:00.000Z";
const MUCH_LATER = "2026-05-01T10:00:00.000Z";

/** Declares the suite; `create` is called before each test. */
export function describeLaunchAgentStore(name: string, create: () => Promise<LaunchUnderTest>): void {
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

    const register = (agentName: string, changes: Partial<NewLaunchAgent> = {}): Promise<LaunchAgent> =>
      under.launchAgents.create({
        projectId: home.project.id,
        name: agentName,
        hostname: "box",
        config: '{"max_jobs":1}',
        version: "1.0",
        queueIds: [queue.id],
        userId: home.user.id,
        now: NOW,
        forgetBefore: "2026-02-01T10:00:00.000Z",
        ...changes,
      });

    it("keeps an agent as it was given, polling", async () => {
      const agent = await register("a");
      expect(agent).toEqual({
        id: agent.id,
        projectId: home.project.id,
        name: "a",
        hostname: "box",
        config: '{"max_jobs":1}',
        version: "1.0",
        status: "POLLING",
        isStopRequested: false,
        queueIds: [queue.id],
        userId: home.user.id,
        createdAt: NOW,
        heartbeatAt: NOW,
      });
      expect(await under.launchAgents.find({ agentId: agent.id })).toEqual(agent);
      expect(await under.launchAgents.find({ agentId: agent.id + 1 })).toBeUndefined();
    });

    it("changes what is given, and its heartbeat never goes back", async () => {
      const { id: agentId } = await register("a");
      expect(await under.launchAgents.update({ agentId, status: "RUNNING", heartbeatAt: LATER })).toBe(true);
      expect(await under.launchAgents.update({ agentId, isStopRequested: true, heartbeatAt: NOW })).toBe(
        true,
      );
      expect(await under.launchAgents.find({ agentId })).toMatchObject({
        status: "RUNNING",
        isStopRequested: true,
        heartbeatAt: LATER,
      });
      expect(await under.launchAgents.update({ agentId: agentId + 1, status: "KILLED" })).toBe(false);
    });

    it("names only queues that still exist", async () => {
      const other = await home.createQueue("other");
      const { id: agentId } = await register("a", { queueIds: [queue.id, other.id] });
      await under.runQueues.delete({ queueId: queue.id });
      expect(await under.launchAgents.find({ agentId })).toMatchObject({ queueIds: [other.id] });
    });

    it("lists the newest first and forgets those that were silent for long", async () => {
      await register("a");
      const b = await register("b");
      const list = () => under.launchAgents.list({ projectId: home.project.id, limit: 10 });
      expect((await list()).map((agent) => [agent.name, agent.queueIds])).toEqual([
        ["b", [queue.id]],
        ["a", [queue.id]],
      ]);
      await under.launchAgents.update({ agentId: b.id, heartbeatAt: MUCH_LATER });
      await register("c", { now: MUCH_LATER, forgetBefore: LATER });
      expect((await list()).map((agent) => agent.name)).toEqual(["c", "b"]);
    });
  });
}
