/** Who may use queues: adding an item runs code on somebody's machine, so strangers may not, however open the project. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import { ANONYMOUS } from "../access/caller.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { LaunchAgent } from "./launch-agent.ts";
import type { RunQueue } from "./run-queue.ts";

const home = { entityName: "vision", projectName: "model-registry", queueName: "gpu" };
const create = { access: "PROJECT", prioritizationMode: null, configId: null } as const;
const content = {
  resource: "local-process",
  config: "{}",
  templateVariables: null,
  prioritizationMode: null,
  externalLinks: null,
};

let bench: TestBench;
let project: Project;
let queue: RunQueue;
let mine: RunQueue;
let agent: LaunchAgent;
const callers = new Map<string, Caller>();

beforeAll(async () => {
  bench = await openTestBench();
  const { stores, clock } = bench;
  const people: Record<string, UserCaller> = {};
  for (const name of ["boss", "mona", "vera", "stranger"]) people[name] = await bench.createCaller(name);
  const { boss, mona, vera, stranger } = people;
  if (!boss || !mona || !vera || !stranger) throw new Error("somebody is missing");
  const { organization } = await stores.entities.putOrganization({
    name: "acme",
    members: [boss, mona, vera].map(({ user }) => ({ userId: user.id, role: "member" })),
    createdAt: clock.now(),
  });
  const { entity } = await stores.entities.putTeam({
    name: "vision",
    organizationId: organization.id,
    members: [
      { userId: boss.user.id, role: "admin" },
      { userId: mona.user.id, role: "member" },
      { userId: vera.user.id, role: "viewer" },
    ],
    createdAt: clock.now(),
  });
  queue = await bench.services.runQueues.create(mona, home, create);
  mine = await bench.services.runQueues.create(
    mona,
    { ...home, queueName: "mine" },
    { ...create, access: "USER" },
  );
  // Open to everybody who has an account.
  ({ project } = await stores.projects.upsert({
    entityId: entity.id,
    name: home.projectName,
    access: "USER_WRITE",
    userId: mona.user.id,
    now: clock.now(),
  }));
  agent = await bench.services.launchAgents.create(mona, {
    ...home,
    queueIds: [queue.id],
    hostname: "box",
    config: null,
    version: null,
  });
  callers.set("boss", boss).set("mona", mona).set("vera", vera).set("stranger", stranger);
  callers.set("nobody", ANONYMOUS).set("mona's reading key", { ...mona, scope: "read" });
  callers.set("mona's appending key", { ...mona, scope: "append" });
});
afterAll(() => bench.close());

const changes: Readonly<Record<string, (caller: Caller) => Promise<unknown>>> = {
  "upsert a queue": (caller) => bench.services.runQueues.upsert(caller, home, content),
  "create a queue": (caller) =>
    bench.services.runQueues.create(caller, { ...home, queueName: `q-${Math.random()}` }, create),
  "add an item": (caller) =>
    bench.services.runQueueItems.push(caller, home, {
      runSpec: '{"entity":"vision","project":"demo"}',
      templateVariableValues: null,
      priority: null,
    }),
  "pop an item": (caller) => bench.services.runQueueItems.pop(caller, home, agent.id),
  "delete an item": (caller) => bench.services.runQueueItems.delete(caller, queue.id, 999),
  "register an agent": (caller) =>
    bench.services.launchAgents.create(caller, {
      ...home,
      queueIds: [queue.id],
      hostname: "box",
      config: null,
      version: null,
    }),
  "stop an agent": (caller) =>
    bench.services.launchAgents.update(caller, agent.id, { status: "POLLING", isStopRequested: null }),
};

async function outcome(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return "ok";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "a defect";
  }
}

function callerNamed(name: string): Caller {
  const caller = callers.get(name);
  if (caller === undefined) throw new Error(`there is no ${name}`);
  return caller;
}

describe("in a project that is open to everybody", () => {
  for (const [what, change] of Object.entries(changes)) {
    it(`lets only members ${what}`, async () => {
      const outcomes = await Promise.all(
        [...callers].map(async ([name, caller]) => [name, await outcome(change(caller))] as const),
      );
      expect(Object.fromEntries(outcomes)).toEqual({
        boss: "ok",
        mona: "ok",
        vera: "permission_denied",
        stranger: "permission_denied",
        nobody: "unauthenticated",
        "mona's reading key": "permission_denied",
        "mona's appending key": "permission_denied",
      });
    });
  }

  it("lets everybody see what is queued, and only members the resource config", async () => {
    const stranger = callerNamed("stranger");
    const seen = await bench.services.runQueues.find(stranger, project, "gpu");
    expect(seen).toBeDefined();
    if (seen === undefined) return;
    expect(await bench.services.runQueues.configOf(stranger, seen)).toBeUndefined();
    expect(await bench.services.runQueues.configOf(callerNamed("vera"), seen)).toBeDefined();
  });
});

describe("a queue of its creator's own", () => {
  it("is seen and changed by the creator and the team's admins alone", async () => {
    const seen = await Promise.all(
      [...callers].map(async ([name, caller]) => [
        name,
        (await bench.services.runQueues.list(caller, project)).some(({ id }) => id === mine.id),
      ]),
    );
    expect(Object.fromEntries(seen)).toEqual({
      boss: true,
      mona: true,
      vera: false,
      stranger: false,
      nobody: false,
      "mona's reading key": true,
      "mona's appending key": true,
    });
    const paul = await bench.createCaller("paul");
    await bench.stores.entities.putTeam({
      name: "vision",
      organizationId: null,
      members: [
        ...["boss", "mona"].flatMap((name) => {
          const caller = callerNamed(name);
          return caller.kind === "user"
            ? [{ userId: caller.user.id, role: name === "boss" ? "admin" : "member" } as const]
            : [];
        }),
        { userId: paul.user.id, role: "member" },
      ],
      createdAt: bench.clock.now(),
    });
    const address = { ...home, queueName: "mine" };
    expect(await bench.services.runQueues.find(paul, project, "mine")).toBeUndefined();
    expect(await outcome(bench.services.runQueues.upsert(paul, address, content))).toBe("permission_denied");
    expect(await outcome(bench.services.runQueues.delete(paul, [mine.id]))).toBe("not_found");
    expect(await outcome(bench.services.runQueueItems.pop(paul, address, null))).toBe("not_found");
    expect(await outcome(bench.services.runQueues.delete(callerNamed("boss"), [mine.id]))).toBe("ok");
  });
});

describe("an item's target", () => {
  const push = (caller: Caller, spec: object) =>
    bench.services.runQueueItems.push(caller, home, {
      runSpec: JSON.stringify(spec),
      templateVariableValues: null,
      priority: null,
    });

  it("is a place where the one who adds it could log, not one where the agent could", async () => {
    const mona = callerNamed("mona");
    expect(await outcome(push(mona, { entity: "mona", project: "own" }))).toBe("ok");
    expect(await outcome(push(mona, { entity: "stranger", project: "p" }))).toBe("not_found");
    expect(await outcome(push(mona, { entity: "nobody-at-all" }))).toBe("not_found");
  });

  it("runs no job that is hidden from the one who adds it", async () => {
    const stranger = callerNamed("stranger");
    await bench.services.projects.ensure(stranger, { entityName: "stranger", projectName: "secret" });
    const spec = { entity: "vision", project: "demo" };
    const mona = callerNamed("mona");
    expect(await outcome(push(mona, { ...spec, job: "stranger/secret/job:latest" }))).toBe("not_found");
    expect(await outcome(push(mona, { ...spec, job: "vision/demo/job:latest" }))).toBe("ok");
  });
});
