// Teams against a server that knows what W&B's clients ask for, and against one that has our additions.
import { describe, expect, it } from "vitest";

import { graphqlScript, startScriptedServer } from "../../../test/scripted-server.ts";
import type { ScriptedServer } from "../../../test/scripted-server.ts";
import { testApi } from "../../../test/test-api.ts";
import { CommError, NotFoundError, UnsupportedError } from "../../index.ts";

const MEMBER = {
  id: "User:1",
  role: "admin",
  admin: true,
  pending: false,
  email: null,
  username: "ada",
  name: "Ada",
  photoUrl: null,
  accountType: "USER",
  apiKey: null,
};
const ROBOT = {
  ...MEMBER,
  id: "User:9",
  role: "member",
  admin: false,
  accountType: "SERVICE",
  apiKey: "mask",
};
const ENTITY = {
  id: "Entity:3",
  name: "vision",
  available: false,
  photoUrl: null,
  readOnly: false,
  readOnlyAdmin: false,
  isTeam: true,
  entityType: "team",
  privateOnly: false,
  storageBytes: 0,
  codeSavingEnabled: true,
  defaultAccess: "PRIVATE",
  isPaid: true,
  members: [MEMBER, ROBOT],
};
const OWN = ["STEELYARD_API_KEY_LIMITS", "STEELYARD_INVITE_LINKS", "STEELYARD_TEAM_ROLES"];
const INVITE = {
  id: "Invite:4",
  name: "bob@example.org",
  email: "bob@example.org",
  createdAt: "2026-01-01T00:00:00Z",
};

function start(
  answers: Readonly<Record<string, unknown>>,
  features: readonly string[] = [],
): Promise<ScriptedServer> {
  const serverInfo = { features: features.map((name) => ({ name, isEnabled: true })) };
  return startScriptedServer(
    graphqlScript({ ServerFeatures: { serverInfo }, GetTeamEntity: { entity: ENTITY }, ...answers }),
  );
}

function variablesOf(server: ScriptedServer, operation: string): unknown {
  return server.requests.find((request) => request.operation === operation)?.variables;
}

describe("a team", () => {
  it("is created and then loaded", async () => {
    await using server = await start({
      CreateTeam: { createTeam: { entity: { id: "Entity:3", name: "vision" } } },
    });
    const team = await testApi(server).createTeam("vision", { adminUsername: "ada" });
    expect(team.members.map(({ username }) => username)).toEqual(["ada", "ada"]);
    expect(variablesOf(server, "CreateTeam")).toEqual({
      input: { teamName: "vision", teamAdminUserName: "ada" },
    });
  });

  it("is no team when the server makes none, or there is none", async () => {
    await using server = await start({ CreateTeam: { createTeam: null }, GetTeamEntity: { entity: null } });
    const api = testApi(server);
    await expect(api.createTeam("vision")).rejects.toThrow(CommError);
    await expect(api.team("vision")).rejects.toThrow(NotFoundError);
  });

  it("invites by name or address with what W&B's server knows", async () => {
    await using server = await start({ CreateInvite: { createInvite: { invite: INVITE } } });
    const team = await testApi(server).team("vision");
    const invite = await team.invite("bob@example.org", { admin: true });
    expect(invite).toMatchObject({
      id: "Invite:4",
      link: null,
      isMailed: false,
      role: null,
      expiresAt: null,
    });
    expect(variablesOf(server, "CreateInvite")).toEqual({
      entity: "vision",
      email: "bob@example.org",
      username: null,
      admin: true,
    });
    await expect(team.invite("bob", { role: "viewer" })).rejects.toThrow(UnsupportedError);
    await expect(team.invites()).rejects.toThrow(UnsupportedError);
    await expect(testApi(server).inviteUser("bob")).rejects.toThrow(UnsupportedError);
  });

  it("invites with a link, renews it and takes it back", async () => {
    const invite = { ...INVITE, expiresAt: "2026-01-08T00:00:00Z", role: "viewer", entityName: "vision" };
    const made = { invite, link: "http://x/1", isMailed: true, mailProblem: null };
    await using server = await start(
      {
        CreateInviteWithLink: { createInvite: made },
        RenewInvite: { renewInvite: { ...made, link: "http://x/2", isMailed: false, mailProblem: "down" } },
        ListInvites: { invites: [invite] },
        DeleteInvite: { deleteInvite: { success: true } },
      },
      OWN,
    );
    const team = await testApi(server).team("vision");
    const first = await team.invite("bob", { role: "viewer" });
    expect(first).toMatchObject({ link: "http://x/1", isMailed: true, role: "viewer", team: "vision" });
    expect(first.expiresAt?.toISOString()).toBe("2026-01-08T00:00:00.000Z");
    expect(await first.renew()).toMatchObject({ link: "http://x/2", mailProblem: "down" });
    const [listed] = await team.invites();
    expect(listed).toMatchObject({ id: "Invite:4", link: null });
    expect(await listed?.withdraw()).toBe(true);
    expect(variablesOf(server, "DeleteInvite")).toEqual({ id: "Invite:4", entity: "vision" });
  });

  it("has service accounts, whose key comes with the answer or with the next list", async () => {
    await using theirs = await start({
      CreateServiceAccount: { createServiceAccount: { user: { id: "User:9" } } },
    });
    const team = await testApi(theirs).team("vision");
    expect(await team.createServiceAccount("ci")).toMatchObject({ id: "User:9", apiKey: "mask" });
    await expect(team.createServiceAccount("ci", { scope: "read" })).rejects.toThrow(UnsupportedError);

    const created = { user: { id: "User:9" }, apiKey: { name: "the text" } };
    await using ours = await start({ CreateServiceAccountWithKey: { createServiceAccount: created } }, OWN);
    const account = await (await testApi(ours).team("vision")).createServiceAccount("ci", { project: "p" });
    expect(account).toMatchObject({ id: "User:9", apiKey: "the text", accountType: "SERVICE", admin: false });
    expect(variablesOf(ours, "CreateServiceAccountWithKey")).toEqual({
      input: { entityName: "vision", description: "ci", scope: null, expiresAt: null, projectName: "p" },
    });
  });

  it("has members that go, and whose role changes where the server can", async () => {
    const answers = {
      DeleteInvite: { deleteInvite: { success: false } },
      UpdateTeamMember: { updateTeamMember: { success: true } },
    };
    await using server = await start(answers, OWN);
    const [ada] = (await testApi(server).team("vision")).members;
    expect(await ada?.delete()).toBe(false);
    await ada?.setRole("viewer");
    expect(variablesOf(server, "UpdateTeamMember")).toEqual({
      entity: "vision",
      userId: "User:1",
      role: "viewer",
    });
    await using theirs = await start(answers);
    const [other] = (await testApi(theirs).team("vision")).members;
    await expect(other?.setRole("viewer")).rejects.toThrow(UnsupportedError);
  });
});
