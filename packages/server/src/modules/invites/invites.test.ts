// Invitations from the request to the page that their link opens, on real stores.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ServerError } from "../../errors.ts";
import type { Mail } from "../../ports/mailer.ts";
import { openTestBench } from "../../presets/embedded/test-bench.ts";
import type { TestBench } from "../../presets/embedded/test-bench.ts";
import type { UserCaller } from "../access/caller.ts";
import type { InviteOutcome } from "./invite-service.ts";

const mails: Mail[] = [];
let isMailDown = false;
let bench: TestBench;
let root: UserCaller;
let boss: UserCaller;
let serial = 0;
let teamName: string;
let email: string;

beforeAll(async () => {
  bench = await openTestBench({
    mailer: {
      send: (mail) => {
        if (isMailDown) return Promise.reject(new ServerError("unavailable", "mail is down"));
        mails.push(mail);
        return Promise.resolve();
      },
    },
  });
  root = await bench.createCaller("root");
  root = { ...root, user: await bench.stores.users.update({ userId: root.user.id, isAdmin: true }) };
  boss = await bench.createCaller("boss");
  await bench.services.entities.putOrganization(root, {
    name: "acme",
    members: [{ username: "boss", role: "admin" }],
  });
});
afterAll(() => bench.close());

beforeEach(async () => {
  serial += 1;
  mails.length = 0;
  isMailDown = false;
  teamName = `team${serial}`;
  email = `guest${serial}@example.org`;
  await bench.services.teams.create(boss, { name: teamName, adminUsername: null, organization: null });
});

function invite(fields: { email?: string; role?: string } = {}): Promise<InviteOutcome> {
  return bench.services.invites.create(boss, {
    teamName,
    username: null,
    email,
    role: "member",
    baseUrl: "http://server",
    ...fields,
  });
}

function pathOf({ link }: InviteOutcome): string {
  expect(link).toMatch(/^http:\/\/server\/authorize\/invite\/[0-9a-f]{64}$/);
  return new URL(link ?? "").pathname;
}

function idOf({ invite: shown }: InviteOutcome): number {
  if (shown.kind === "joined") throw new Error("joined");
  return shown.invite.id;
}

function send(path: string, form: Readonly<Record<string, string>>) {
  return bench.app.inject({
    method: "POST",
    url: path,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams(form).toString(),
  });
}

const NEW = { kind: "new account", password: "correct horse" };

describe("an invitation", () => {
  it("is mailed with its link, which is stored nowhere", async () => {
    const made = await invite();
    expect(made).toMatchObject({ isMailed: true, mailProblem: null });
    const [mail] = mails;
    expect(mail).toMatchObject({ to: email, subject: `boss invites you to the team ${teamName}` });
    expect(mail?.text).toContain(made.link);
    const stored = JSON.stringify(await bench.stores.invites.list({ now: bench.clock.now() }));
    expect(stored).not.toContain(made.link?.slice(-64));
  });

  it("is good without mail, and says why none went out", async () => {
    isMailDown = true;
    const made = await invite();
    expect(made).toMatchObject({ isMailed: false, mailProblem: "mail is down" });
    expect((await bench.app.inject(pathOf(made))).statusCode).toBe(200);
  });

  it("shows who invites to what, changes nothing by being looked at, and allows nothing to run", async () => {
    const path = pathOf(await invite());
    for (let time = 0; time < 2; time += 1) {
      const page = await bench.app.inject(path);
      expect(page.statusCode).toBe(200);
      expect(page.body).toContain(`<strong>${teamName}</strong>`);
      expect(page.body).toContain(email);
      expect(page.headers).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "no-store" });
      expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    }
  });

  it("makes an account with a key that is shown once, and is then used up", async () => {
    const path = pathOf(await invite({ role: "viewer" }));
    const username = `guest${serial}`;
    const page = await send(path, { ...NEW, username });
    expect(page.statusCode).toBe(200);
    const [, apiKey = ""] = /(local-[0-9a-f]{48})/.exec(page.body) ?? [];
    const answer = await bench.app.inject({
      method: "POST",
      url: "/graphql",
      headers: { authorization: `Basic ${btoa(`api:${apiKey}`)}` },
      payload: JSON.stringify({ query: "{ viewer { username email teams { edges { node { name } } } } }" }),
    });
    expect(answer.json()).toEqual({
      data: { viewer: { username, email, teams: { edges: [{ node: { name: teamName } }] } } },
    });
    expect((await bench.app.inject(path)).statusCode).toBe(404);
    expect((await send(path, { ...NEW, username: "another" })).statusCode).toBe(404);
    const key = await bench.services.keys.generateByPassword(
      { username, password: NEW.password },
      "10.0.0.1",
    );
    expect(key).toBeDefined();
  });

  it("stays good when the name or password is refused, and says why", async () => {
    const path = pathOf(await invite());
    for (const [form, status, reason] of [
      [{ ...NEW, username: "boss" }, 409, "is taken"],
      [{ ...NEW, username: "graphql" }, 400, "reserved"],
      [{ ...NEW, username: "a<b>/" }, 400, "problem"],
      [{ ...NEW, username: "fine", password: "short" }, 400, "8 to 1024"],
      [{ kind: "new password", password: "long enough" }, 400, "something else"],
      [{ kind: "password", username: "boss", password: "wrong one" }, 401, "do not belong"],
      [{ kind: "API key", apiKey: "nonsense" }, 401, "not valid"],
      [{}, 400, "You are invited"],
    ] as const) {
      const page = await send(path, form);
      expect([page.statusCode, form]).toEqual([status, form]);
      expect(page.body).toContain(reason);
      expect(page.body).not.toContain("a<b>");
    }
    expect((await bench.app.inject(path)).statusCode).toBe(200);
  });

  it("takes in an account of another organization that proves itself by password or key", async () => {
    const outsider = await bench.createCaller(`outsider${serial}`);
    await bench.services.users.put(root, {
      username: outsider.user.username,
      email,
      password: "correct horse",
    });
    const byPassword = pathOf(await invite());
    const { username } = outsider.user;
    const page = await send(byPassword, { kind: "password", username, password: "correct horse" });
    expect(page.body).toContain(`is in the team <strong>${teamName}</strong>`);
    expect(page.body).not.toContain("local-");
    const team = await bench.services.entities.require(boss, teamName);
    const userId = outsider.user.id;
    expect(await bench.stores.entities.teamMembers({ entityId: team.id })).toContainEqual({
      userId,
      role: "member",
    });

    const other = await bench.createCaller(`other${serial}`);
    const byKey = pathOf(await invite({ email: `other${serial}@example.org` }));
    const keyOf = async (scope: "write" | "admin"): Promise<string> =>
      atob((await bench.authorize(other, scope)).slice("Basic ".length)).slice("api:".length);
    expect((await send(byKey, { kind: "API key", apiKey: await keyOf("write") })).statusCode).toBe(401);
    expect((await send(byKey, { kind: "API key", apiKey: await keyOf("admin") })).statusCode).toBe(200);
    expect(await bench.stores.entities.teamMembers({ entityId: team.id })).toHaveLength(3);
  });

  it("ends after a week, when it is withdrawn, and with its old link when it is renewed", async () => {
    const first = await invite();
    const renewed = await bench.services.invites.renew(boss, idOf(first), "http://server");
    expect((await bench.app.inject(pathOf(first))).statusCode).toBe(404);
    expect((await bench.app.inject(pathOf(renewed))).statusCode).toBe(200);
    expect(await bench.services.invites.withdraw(boss, idOf(renewed))).toBe(true);
    expect((await bench.app.inject(pathOf(renewed))).statusCode).toBe(404);

    const late = await invite();
    bench.clock.advance(7 * 24 * 3600 - 1);
    expect((await bench.app.inject(pathOf(late))).statusCode).toBe(200);
    bench.clock.advance(1);
    expect((await bench.app.inject(pathOf(late))).statusCode).toBe(404);
    expect((await send(pathOf(late), { ...NEW, username: `late${serial}` })).statusCode).toBe(404);
    expect(await bench.services.invites.list(boss, teamName)).toEqual([]);
  });

  it("is nobody's business but its team's administrators'", async () => {
    const made = await invite();
    const stranger = await bench.createCaller(`stranger${serial}`);
    const { invites } = bench.services;
    await expect(invites.withdraw(stranger, idOf(made))).rejects.toMatchObject({ code: "not_found" });
    await expect(invites.renew(stranger, idOf(made), "")).rejects.toMatchObject({ code: "not_found" });
    await expect(invites.list(stranger, teamName)).rejects.toMatchObject({ code: "not_found" });
    await expect(invites.list(boss, null)).rejects.toMatchObject({ code: "permission_denied" });
    expect(await invites.list(root, null)).toEqual(await invites.list(boss, teamName));
  });

  it("to the server alone makes an account, or sets the password of one that is there", async () => {
    const create = (fields: { email?: string; username?: string }): Promise<InviteOutcome> =>
      bench.services.invites.create(root, {
        teamName: null,
        email: fields.email ?? null,
        username: fields.username ?? null,
        role: "member",
        baseUrl: "http://server",
      });
    const path = pathOf(await create({ email }));
    expect((await bench.app.inject(path)).body).toContain("invites you to this server");
    expect((await bench.app.inject(path)).body).not.toContain("If you have an account here");
    expect((await send(path, { kind: "password", username: "boss", password: "x" })).statusCode).toBe(400);
    expect((await send(path, { ...NEW, username: `new${serial}` })).statusCode).toBe(200);

    const known = pathOf(await create({ username: `new${serial}` }));
    expect((await bench.app.inject(known)).body).toContain("Set your password");
    expect((await send(known, { ...NEW, username: "another" })).statusCode).toBe(400);
    const page = await send(known, { kind: "new password", password: "battery staple" });
    expect(page.body).toContain("Your new API key");
    const credentials = { username: `new${serial}`, password: "battery staple" };
    expect(await bench.services.keys.generateByPassword(credentials, "10.0.0.2")).toBeDefined();
    await expect(
      bench.services.invites.create(boss, {
        teamName: null,
        email,
        username: null,
        role: "member",
        baseUrl: "",
      }),
    ).rejects.toMatchObject({ code: "permission_denied" });
  });
});
