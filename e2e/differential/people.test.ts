// Python's `wandb.Api` and ours make and change users, teams, members, service accounts and keys, each under a prefix;
// what they see on the way must be the same.
import { Api, isConflict, isNotFound, ValueError } from "@steelyard/client";
import type { Member, Team, User } from "@steelyard/client";
import { startTestServer } from "@steelyard/testing";
import { expect, it } from "vitest";
import { PythonClient } from "../python/run-python.ts";
import { compare } from "./compare.ts";

it("makes and changes people as Python does", async () => {
  await using server = await startTestServer();
  const target = { ...server, apiKey: server.adminKey };
  await using client = await PythonClient.create(target);
  // Prefixes of one length, because lengths and orders of names are compared too.
  const { exact } = await client.run("change_people.py", { args: { prefix: "one-" }, expectQuiet: false });
  const api = new Api({ apiKey: server.adminKey, overrides: { baseUrl: server.url } });
  const connect = (apiKey: string | null): Api => new Api({ apiKey, overrides: { baseUrl: server.url } });
  const ours: unknown = JSON.parse(
    JSON.stringify(await change(api, connect, "two-")).replaceAll("two-", "one-"),
  );
  expect(compare(exact, ours)).toEqual([]);
}, 180_000);

async function change(api: Api, connect: (apiKey: string | null) => Api, p: string): Promise<object> {
  const made = await api.createUser(`${p}grace@example.org`);
  const admin = (await api.createUser(`${p}chief@example.org`, { admin: true })).admin;
  const found = await api.user(`${p}grace`);
  const missing = await api.user(`${p}nobody`);
  const users = (await api.users(p)).map(({ username }) => username ?? "").toSorted();
  const created = facts(await api.createTeam(`${p}vision`));
  const other = await api.createTeam(`${p}audio`, { adminUsername: `${p}grace` });
  const team = await api.team(`${p}vision`);
  const invites: boolean[] = [];
  for (const who of ["grace", "grace", "new@example.org", "new@example.org", "nobody"])
    invites.push(await isInvited(team, p + who));
  const account = await team.createServiceAccount("builds");
  const robotApi = connect(account.apiKey);
  const robot = [await robotApi.defaultEntity(), (await robotApi.viewer()).teams];
  await team.load();
  const changed = facts(team);
  const [first] = team.members;
  const mask = team.members.at(-1)?.apiKey;
  const viewer = await api.viewer();
  const key = await viewer.generateApiKey("made in a test");
  const generated = [key.length, viewer.apiKeys.at(-1) === key];
  const works = (await connect(key).viewer()).username;
  const deleted = await viewer.deleteApiKey(key);
  const unknown = await viewer.deleteApiKey("no such key").catch((error: unknown) => error);
  const removed: boolean[] = [];
  for (const each of team.members.slice(1)) removed.push(await each.delete());
  await team.load();
  return {
    created: [made.username, made.name, made.email, made.admin, made.apiKeys, made.teams],
    "created admin": admin,
    user: found && user(found),
    "no user": missing,
    users,
    team: created,
    "other admin": other.members.map(({ username }) => username),
    invites,
    account: member(account),
    "its key": account.apiKey?.length,
    robot,
    changed,
    mask: mask?.length,
    "no mask": first?.apiKey,
    generated,
    works,
    deleted,
    "unknown key": unknown instanceof ValueError ? "ValueError" : unknown,
    removed,
    left: team.members.map(member),
  };
}

/** Python's answer: whether there was anything to invite. */
async function isInvited(team: Team, who: string): Promise<boolean> {
  try {
    await team.invite(who);
    return true;
  } catch (error) {
    if (isConflict(error) || isNotFound(error)) return false;
    throw error;
  }
}

function user(each: User): readonly unknown[] {
  return [each.username, each.name, each.email, each.admin, each.entity, each.teams, each.deletedAtText];
}

function member(each: Member): readonly unknown[] {
  const username = each.accountType === "USER" ? each.username : null;
  const { name, email, admin, pending, accountType, photoUrl, team } = each;
  return [username, name, email, admin, pending, accountType, photoUrl, team];
}

function facts(team: Team): object {
  return {
    name: team.name,
    available: team.available,
    photo_url: team.photoUrl,
    read_only: team.readOnly,
    read_only_admin: team.readOnlyAdmin,
    is_team: team.isTeam,
    entity_type: team.entityType,
    private_only: team.privateOnly,
    storage_bytes: team.storageBytes,
    code_saving_enabled: team.codeSavingEnabled,
    default_access: team.defaultAccess,
    is_paid: team.isPaid,
    members: team.members.map(member),
  };
}
