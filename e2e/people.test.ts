// Users, teams, invitations and keys with the real client, and what keys that may not do everything can do.
import { startTestServer, type TestServer } from "@steelyard/testing";
import { Api } from "@steelyard/client";
import type { ApiKeyOptions } from "@steelyard/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PythonClient, type PythonRun } from "./python/run-python.ts";
import { pick } from "./wire/wire.ts";

let server: TestServer;
let admin: Api;

beforeAll(async () => {
  server = await startTestServer();
  admin = new Api({ apiKey: server.adminKey, overrides: { baseUrl: server.url } });
});

afterAll(async () => {
  await server.stop();
});

describe("the real client", () => {
  let done: PythonRun;
  beforeAll(async () => {
    await using client = await PythonClient.create({ ...server, apiKey: server.adminKey });
    done = await client.run("use_people.py", { args: { team: "vision" }, expectQuiet: false });
  });

  it("makes and finds users", () => {
    expect(done.value).toMatchObject({
      "created user": { username: "grace", email: "grace@example.org", admin: false, apiKeys: [] },
      "created admin": { username: "chief", admin: true },
      "found user": { username: "grace", name: "grace", admin: false, teams: [], apiKeys: [] },
      "no user": null,
      "found users": ["grace"],
    });
    expect(pick(done.value, "created again", "error", "message")).toContain("grace@example.org");
    expect(pick(done.value, "no address", "error", "message")).toContain("is not an e-mail address");
  });

  it("makes teams, invites and removes members", () => {
    const boss = ["admin", null, true, false, "USER", "vision"];
    const grace = ["grace", "grace@example.org", false, false, "USER", "vision"];
    const robot = ["nightly builds", null, false, false, "SERVICE", "vision"];
    expect(done.value).toMatchObject({
      "created team": ["vision", true, "team", false],
      members: [boss],
      "other admin": ["grace"],
      "same team": true,
      "invite user": true,
      "invite again": false,
      "invite address": true,
      "invite address again": false,
      "invite nobody": false,
      "members after": [
        boss,
        grace,
        ["new@example.org", "new@example.org", true, true, null, "vision"],
        robot,
      ],
      removed: [true, true],
      "removed again": false,
      "removed robot": true,
      "members last": [boss],
    });
  });

  it("makes service accounts, whose key it reads once", () => {
    expect(done.value).toMatchObject({
      "service account": ["nightly builds", null, false, false, "SERVICE", "vision"],
      "its key": expect.stringMatching(/^local-[0-9a-f]{48}$/) as string,
      "no service account": null,
      "its key again": expect.stringMatching(/^[0-9a-f]{4}\.\.\.[0-9a-f]{4}$/) as string,
      robot: ["vision", ["vision"], "vision"],
    });
    expect(pick(done.value, "robot gone", "error", "type")).toMatch(/Error$/);
  });

  it("makes keys, uses them and deletes them", () => {
    expect(done.value).toMatchObject({
      "made key": expect.stringMatching(/^local-[0-9a-f]{48}$/) as string,
      works: "admin",
      lists: [1, true],
      mask: [expect.stringMatching(/^[0-9a-f]{4}\.\.\.[0-9a-f]{4}$/) as string],
      deleted: true,
    });
    expect(pick(done.value, "deleted unknown", "error", "type")).toBe("ValueError");
    expect(pick(done.value, "gone", "error", "type")).toMatch(/Error$/);
  });
});

describe("keys that may not do everything", () => {
  let mine: Api;
  beforeAll(async () => {
    mine = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
    await mine.createProject("limited", "tester");
    await mine.createProject("other", "tester");
  });

  async function clientWith(options: ApiKeyOptions): Promise<PythonClient> {
    const apiKey = await (await mine.viewer()).generateApiKey("limited", options);
    return PythonClient.create({ ...server, apiKey });
  }

  it("logs a whole run with a key that may append", async () => {
    await using client = await clientWith({ scope: "append", project: "tester/limited" });
    const run = await client.run("log_core.py", { args: { project: "limited" } });
    expect(run.value).toMatchObject({ state: "finished" });
    expect(await mine.runs("tester/limited").length()).toBeGreaterThan(0);
  });

  it.each([
    ["reads only", { scope: "read" }, "limited", /scope .read.*append. is needed/],
    ["is for another project", { scope: "write", project: "tester/other" }, "limited", /not found|may not/],
    ["may not make projects", { scope: "append" }, "brand-new", /scope .append.*write. is needed/],
  ] as const)("is told clearly that its key %s", async (_, options, project, reason) => {
    await using client = await clientWith(options);
    const run = await client.run("log_core.py", { args: { project }, exitCode: 1, expectQuiet: false });
    expect(run.stderr + run.stdout).toMatch(reason);
    expect(run.stderr + run.stdout).not.toMatch(/\b5\d\d\b.*(?:error|status)/iu);
  });

  it("is told clearly that its key has expired", async () => {
    const expiresAt = new Date(Date.now() + 3_000);
    await using client = await clientWith({ expiresAt });
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    const run = await client.run("log_core.py", {
      args: { project: "limited" },
      exitCode: 1,
      expectQuiet: false,
    });
    expect(run.stderr + run.stdout).toMatch(/expired/);
  });
});

describe("the TypeScript client", () => {
  it("invites with a link that a browser opens, and the guest logs in with the key of the page", async () => {
    const team = await admin.createTeam("audio");
    const invite = await team.invite("guest@example.org", { role: "member" });
    const link = invite.link ?? "";
    expect(link.startsWith(`${server.url}/authorize/invite/`)).toBe(true);
    expect((await team.invites()).map(({ email }) => email)).toEqual(["guest@example.org"]);
    expect((await team.load()).members.map(({ pending }) => pending)).toEqual([false, true]);
    expect(await (await fetch(link)).text()).toContain("audio");
    const body = new URLSearchParams({ kind: "new account", username: "guest", password: "correct horse" });
    const page = await (await fetch(link, { method: "POST", body })).text();
    const [apiKey = ""] = /local-[0-9a-f]{48}/.exec(page) ?? [];
    const guest = new Api({ apiKey, overrides: { baseUrl: server.url } });
    expect(await guest.viewer()).toMatchObject({ username: "guest", teams: ["audio"] });
    expect((await fetch(link)).status).toBe(404);
    expect(await team.invites()).toEqual([]);
  });

  it("makes service accounts with limits, lists keys, and changes roles", async () => {
    const team = await admin.team("audio");
    await admin.createProject("voices", "audio");
    const expiresAt = new Date("2090-01-01T00:00:00Z");
    const robot = await team.createServiceAccount("ci", { scope: "append", expiresAt, project: "voices" });
    expect(robot.apiKey).toMatch(/^local-/);
    const account = await admin.user(robot.username ?? "");
    expect(await account?.keys()).toMatchObject([
      { scope: "append", expiresAt, project: "audio/voices", isLimitedToProject: true },
    ]);
    expect((await team.load()).members.at(-1)?.apiKey).toMatch(/\.\.\./);
    const guest = team.members.find(({ username }) => username === "guest");
    await guest?.setRole("viewer");
    expect((await team.load()).members.map(({ role }) => role)).toEqual(["admin", "viewer", "member"]);
    expect(await guest?.delete()).toBe(true);
  });

  it("refuses what its key may not do with an error that says so", async () => {
    const reader = await (await admin.viewer()).generateApiKey("reader", { scope: "read" });
    const api = new Api({ apiKey: reader, overrides: { baseUrl: server.url } });
    await expect(api.createTeam("x")).rejects.toMatchObject({ code: "permission_denied" });
    await expect(api.createProject("x", "admin")).rejects.toThrow(/scope "read"; "write" is needed/);
  });
});
