// Teams, members, service accounts and keys, on real stores and with a clock that stands.
import { encodeGlobalId } from "@steelyard/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import { ANONYMOUS } from "../access/caller.ts";
import type { Caller, UserCaller } from "../access/caller.ts";
import { hashApiKey } from "../users/api-key-text.ts";
import type { TeamMember } from "./team-member.ts";

let bench: TestBench;
let root: UserCaller;
let chief: UserCaller;
let boss: UserCaller;
let mona: UserCaller;
let stranger: UserCaller;
let serial = 0;
let teamName: string;

beforeAll(async () => {
  bench = await openTestBench();
  root = await bench.createCaller("root");
  root = { ...root, user: await bench.stores.users.update({ userId: root.user.id, isAdmin: true }) };
  chief = await bench.createCaller("chief");
  boss = await bench.createCaller("boss");
  mona = await bench.createCaller("mona");
  stranger = await bench.createCaller("stranger");
  await bench.services.entities.putOrganization(root, {
    name: "acme",
    members: [
      { username: "chief", role: "admin" },
      { username: "boss", role: "member" },
      { username: "mona", role: "member" },
    ],
  });
});
afterAll(() => bench.close());

beforeEach(async () => {
  serial += 1;
  teamName = `team${serial}`;
  await bench.services.teams.create(chief, { name: teamName, adminUsername: "boss", organization: null });
});

async function members(caller: Caller = boss): Promise<readonly TeamMember[]> {
  const team = await bench.services.entities.require(caller, teamName);
  return bench.services.teams.listMembers(caller, team);
}

async function facts(caller: Caller = boss): Promise<readonly string[]> {
  return (await members(caller)).map((member) =>
    member.kind === "user" ? `${member.user.name} ${member.role}` : `invited ${member.invite.email ?? ""}`,
  );
}

function invite(caller: Caller, fields: { username?: string; email?: string; role?: string }) {
  const { username = null, email = null, role = "member" } = fields;
  return bench.services.invites.create(caller, { teamName, username, email, role, baseUrl: "http://x" });
}

async function code(action: () => Promise<unknown>): Promise<unknown> {
  try {
    await action();
    return "ok";
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : error;
  }
}

describe("teams", () => {
  it("are made by administrators of the server or the organization, with one administrator", async () => {
    expect(await facts()).toEqual(["boss admin"]);
    const create = (caller: Caller, name: string, adminUsername: string | null = null) =>
      code(() => bench.services.teams.create(caller, { name, adminUsername, organization: null }));
    expect(await create(root, `made-by-root${serial}`)).toBe("ok");
    expect(await create(mona, "x")).toBe("permission_denied");
    expect(await create({ ...chief, scope: "write" }, "x")).toBe("permission_denied");
    expect(await create({ ...root, onlyProjectId: 1 }, "x")).toBe("permission_denied");
    expect(await create(ANONYMOUS, "x")).toBe("unauthenticated");
    expect(await create(chief, teamName.toUpperCase())).toBe("already_exists");
    expect(await create(chief, "api")).toBe("invalid_argument");
    expect(await create(chief, "y", "stranger")).toBe("not_found");
    expect(await facts()).toEqual(["boss admin"]);
  });

  it("take in who belongs to the organization at once, and nobody twice", async () => {
    const outcome = await invite(boss, { username: "mona", role: "viewer" });
    expect(outcome).toMatchObject({ invite: { kind: "joined" }, link: null, isMailed: false });
    expect(await facts()).toEqual(["boss admin", "mona viewer"]);
    expect(await code(() => invite(boss, { username: "mona" }))).toBe("already_exists");
    expect(await code(() => invite(boss, { username: "stranger" }))).toBe("not_found");
    expect(await code(() => invite(boss, { username: "nobody" }))).toBe("not_found");
    expect(await code(() => invite(root, { username: "stranger" }))).toBe("ok");
  });

  it("let only administrators invite, change roles and remove", async () => {
    await invite(boss, { username: "mona" });
    const userId = mona.user.id;
    for (const caller of [mona, { ...boss, scope: "write" as const }]) {
      expect(await code(() => invite(caller, { email: "a@example.org" }))).toBe("permission_denied");
      const raise = { teamName, userId, role: "admin" };
      expect(await code(() => bench.services.teams.setRole(caller, raise))).toBe("permission_denied");
      const removal = { teamName, userId: boss.user.id };
      const removing = () => bench.services.teams.remove({ ...caller, user: mona.user }, removal);
      expect(await code(removing)).toBe("permission_denied");
    }
    expect(await code(() => bench.services.teams.remove(stranger, { teamName, userId }))).toBe("not_found");
    await bench.services.teams.setRole(chief, { teamName, userId, role: "admin" });
    expect(await facts()).toEqual(["boss admin", "mona admin"]);
    const wrong = { teamName, userId, role: "owner" };
    expect(await code(() => bench.services.teams.setRole(boss, wrong))).toBe("invalid_argument");
    const other = { teamName, userId: stranger.user.id, role: "viewer" };
    expect(await code(() => bench.services.teams.setRole(boss, other))).toBe("not_found");
  });

  it("keep their last administrator, but for the server's", async () => {
    await invite(boss, { username: "mona" });
    const last = { teamName, userId: boss.user.id };
    expect(await code(() => bench.services.teams.remove(boss, last))).toBe("conflict");
    expect(await code(() => bench.services.teams.setRole(chief, { ...last, role: "viewer" }))).toBe(
      "conflict",
    );
    expect(await bench.services.teams.remove(root, last)).toBe(true);
    expect(await facts(chief)).toEqual(["mona member"]);
  });

  it("are left by their members with any key that writes", async () => {
    await invite(boss, { username: "mona" });
    const leaving = { teamName, userId: mona.user.id };
    expect(await code(() => bench.services.teams.remove({ ...mona, scope: "append" }, leaving))).toBe(
      "permission_denied",
    );
    expect(await bench.services.teams.remove({ ...mona, scope: "write" }, leaving)).toBe(true);
    expect(await facts()).toEqual(["boss admin"]);
  });
});

describe("service accounts", () => {
  const create = (caller: Caller = boss, description = "nightly") =>
    bench.services.teams.createServiceAccount(caller, { teamName, description });

  it("stand last, log to their team by default, and can neither administer nor have a place of their own", async () => {
    await invite(boss, { username: "mona" });
    await invite(boss, { email: "new@example.org" });
    await create(boss, "first");
    const { user, key } = await create(boss, "second");
    expect(await facts()).toEqual([
      "boss admin",
      "mona member",
      "invited new@example.org",
      "first member",
      "second member",
    ]);
    expect(await facts(mona)).not.toContain("invited new@example.org");
    expect(key.key.scope).toBe("write");
    const robot: UserCaller = { kind: "user", user, scope: "write", onlyProjectId: null };
    expect(await bench.services.entities.defaultOf(robot, user)).toBe(teamName);
    const project = await bench.services.projects.ensure(robot, { entityName: null, projectName: "p" });
    expect(project.entityName).toBe(teamName);
    const own = bench.services.projects.ensure(robot, { entityName: user.username, projectName: "p" });
    await expect(own).rejects.toMatchObject({ code: "not_found" });
    const raise = { teamName, userId: user.id, role: "admin" };
    expect(await code(() => bench.services.teams.setRole(boss, raise))).toBe("invalid_argument");
    expect(await code(() => create(mona))).toBe("permission_denied");
    expect(await code(() => create(boss, " "))).toBe("invalid_argument");
  });

  it("show their key once to their maker within five minutes, then a mask, and nothing to members", async () => {
    await invite(boss, { username: "mona" });
    const { key } = await create();
    const shown = async (caller: Caller): Promise<string | null> => {
      const last = (await members(caller)).at(-1);
      return last === undefined ? null : bench.services.teams.keyOf(caller, last);
    };
    expect(await shown(mona)).toBeNull();
    expect(await shown(chief)).toBe(key.key.mask);
    expect(await shown(boss)).toBe(key.text);
    expect(await shown(boss)).toBe(key.key.mask);
    const late = await create();
    bench.clock.advance(5 * 60);
    expect(await shown(boss)).toBe(late.key.key.mask);
    const taken = await create();
    expect(bench.services.teams.takeKey(boss, taken.key.key)).toBe(taken.key.text);
    expect(await shown(boss)).toBe(taken.key.key.mask);
  });

  it("have keys that administrators of the team list, make and delete", async () => {
    const { user, key } = await create();
    expect(await bench.services.keys.list(boss, user)).toEqual([key.key]);
    expect(await bench.services.keys.list(mona, user)).toBeUndefined();
    const request = { description: null, username: user.username, scope: "append" };
    const second = await bench.services.keys.generate(boss, request);
    expect(second.key).toMatchObject({ userId: user.id, scope: "append" });
    expect(await code(() => bench.services.keys.generate(mona, request))).toBe("permission_denied");
    const id = encodeGlobalId("ApiKey", second.key.id);
    expect(await bench.services.keys.delete(mona, id)).toBe(false);
    expect(await bench.services.keys.delete(boss, id)).toBe(true);
  });

  it("end with their keys when they are removed", async () => {
    const { user, key } = await create();
    expect(await bench.services.teams.remove(boss, { teamName, userId: user.id })).toBe(true);
    expect(await bench.stores.users.findKey({ hash: hashApiKey(key.text) })).toBeUndefined();
    expect(await facts()).toEqual(["boss admin"]);
  });
});

describe("keys with limits", () => {
  it("do no more and live no longer than the key that makes them", async () => {
    const { keys } = bench.services;
    const made = await keys.generate(boss, {
      description: "x",
      scope: "read",
      expiresAt: "2026-12-01T00:00:00.000Z",
    });
    expect(made.key).toMatchObject({ scope: "read", expiresAt: "2026-12-01T00:00:00.000Z" });
    const limited: UserCaller = { ...boss, scope: "write", expiresAt: "2026-06-01T00:00:00.000Z" };
    const ask = (request: object, caller: Caller = limited) =>
      code(() => keys.generate(caller, { description: null, ...request }));
    expect(await ask({ scope: "admin" })).toBe("permission_denied");
    expect(await ask({ expiresAt: "2026-12-01T00:00:00.000Z" })).toBe("permission_denied");
    expect(await ask({ expiresAt: "2025-12-01T00:00:00.000Z" })).toBe("invalid_argument");
    expect(await ask({ scope: "everything" })).toBe("invalid_argument");
    expect(await ask({ username: "chief" }, boss)).toBe("permission_denied");
    expect(await ask({ username: "nobody" }, boss)).toBe("permission_denied");
    expect(await ask({ username: "nobody" }, root)).toBe("not_found");
    expect(await ask({ username: "mona" }, root)).toBe("ok");
    expect(await ask({}, { ...boss, scope: "append" })).toBe("permission_denied");
  });

  it("are for one project when they say so, which their maker must see", async () => {
    const { keys, projects } = bench.services;
    const place = { entityName: "boss", projectName: "only" };
    const project = await projects.ensure(boss, place);
    const { key } = await keys.generate(boss, { description: null, project: place });
    expect(key.projectId).toBe(project.id);
    expect(await keys.projectOf(boss, key)).toEqual(project);
    expect(await keys.projectOf(stranger, key)).toBeUndefined();
    expect(await code(() => keys.generate(stranger, { description: null, project: place }))).toBe(
      "not_found",
    );
    const narrow: UserCaller = { ...boss, onlyProjectId: project.id };
    expect((await keys.generate(narrow, { description: null })).key.projectId).toBe(project.id);
    const other = await projects.ensure(boss, { ...place, projectName: "other" });
    const wider = { description: null, project: { ...place, projectName: other.name } };
    expect(await code(() => keys.generate(narrow, wider))).toBe("not_found");
  });
});
