/** `steelyard teams`: teams, their members and service accounts. */
import { openApi } from "../open-api.ts";
import type { Member, Team, TeamRole } from "@steelyard/client";
import { isJsonArray, isJsonObject } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import type { Command } from "commander";
import { SettingsError } from "../server-settings.ts";
import { askAdmin } from "./admin-rest.ts";
import { describeInvite, toInviteJson } from "./invites.ts";
import { addKeyFlags, readKeyFlags } from "./key-flags.ts";
import type { KeyFlags } from "./key-flags.ts";
import { printResult, tableOf } from "./print-result.ts";
import type { PrintFlags } from "./print-result.ts";

interface CreateFlags extends PrintFlags {
  readonly admin?: string;
  readonly organization?: string;
}

interface RoleFlags extends PrintFlags {
  readonly role?: string;
}

const ROLES: readonly TeamRole[] = ["admin", "member", "viewer"];

const EXAMPLES = `
The server and the key are those of the wandb client: WANDB_BASE_URL and WANDB_API_KEY, its settings files, netrc. Who
belongs to a team's organization joins at once; others get a link.

Examples:
  steelyard teams create vision --admin ada
  steelyard teams invite vision grace@example.org --role viewer
  steelyard teams role vision grace member
  steelyard teams service-account vision "nightly builds" --scope append --expires 90d
  steelyard teams show vision --json`;

/** Adds the commands to the program. */
export function addTeamsCommand(program: Command): void {
  const teams = program
    .command("teams")
    .description("list and make teams, and say who is in them")
    .addHelpText("after", EXAMPLES);
  const add = (name: string, description: string, args: readonly string[]): Command => {
    const command = teams.command(name).description(description).option("--json", "print the result as JSON");
    for (const each of args) command.argument(each);
    return command;
  };
  add("list", "list all teams, for administrators", []).action(listTeams);
  add("show", "show who is in a team", ["<team>"]).action(showTeam);
  add("create", "make a team", ["<team>"])
    .option("--admin <username>", "its first administrator (default: oneself)")
    .option("--organization <name>", "where it belongs (default: the only one that one administers)")
    .action(createTeam);
  add("delete", "delete a team that owns no projects, for administrators", ["<team>"]).action(deleteTeam);
  add("invite", "take somebody in, or make a link", ["<team>", "<username or email>"])
    .option("--role <role>", `one of ${ROLES.join(", ")} (default: member)`)
    .action(invite);
  add("role", "give a member another role", ["<team>", "<username>", "<role>"]).action(changeRole);
  add("remove", "take a member out, or delete a service account", ["<team>", "<username>"]).action(remove);
  const account = add("service-account", "make a service account and print its key, which is told only now", [
    "<team>",
    "<description>",
  ]);
  addKeyFlags(account, "the only project of the team that the key may touch").action(createServiceAccount);
}

async function listTeams(flags: PrintFlags): Promise<void> {
  const api = await openApi();
  const body = await askAdmin(api, "GET", "/teams");
  const teams = body["teams"] ?? [];
  const rows = (isJsonArray(teams) ? teams : []).filter(isJsonObject).map((team) => {
    const members = team["members"] ?? [];
    return [
      textOf(team["name"]),
      textOf(team["organization"]),
      `${isJsonArray(members) ? members.length : 0} people`,
    ];
  });
  printResult(flags, teams, tableOf(["team", "organization", "members"], rows, "No teams."));
}

async function showTeam(name: string, flags: PrintFlags): Promise<void> {
  const api = await openApi();
  const { members } = await api.team(name);
  const rows = members.map((member) => [
    member.username ?? member.email ?? "",
    member.name,
    member.role ?? "",
    member.pending === true ? "invited" : member.accountType === "SERVICE" ? "service account" : "",
  ]);
  const lines = tableOf(["user", "name", "role", ""], rows, "Nobody is in it.");
  printResult(flags, members.map(toMemberJson), lines);
}

async function createTeam(name: string, flags: CreateFlags): Promise<void> {
  const { admin: adminUsername, organization } = flags;
  const api = await openApi();
  const team = await api.createTeam(name, { adminUsername, organization });
  printResult(flags, { name: team.name, members: team.members.map(toMemberJson) }, [`${team.name} is made.`]);
}

async function deleteTeam(name: string, flags: PrintFlags): Promise<void> {
  const api = await openApi();
  await api.team(name);
  await askAdmin(api, "DELETE", `/teams/${encodeURIComponent(name)}`);
  printResult(flags, { deleted: name }, [`${name} is deleted.`]);
}

async function invite(name: string, who: string, flags: RoleFlags): Promise<void> {
  const role = flags.role === undefined ? undefined : readRole(flags.role);
  const api = await openApi();
  const made = await (await api.team(name)).invite(who, { role });
  printResult(flags, toInviteJson(made), describeInvite(made));
}

async function changeRole(name: string, username: string, role: string, flags: PrintFlags): Promise<void> {
  const api = await openApi();
  const member = findMember(await api.team(name), username);
  await member.setRole(readRole(role));
  printResult(flags, { team: name, username, role }, [`${username} is ${role} of ${name} now.`]);
}

async function remove(name: string, username: string, flags: PrintFlags): Promise<void> {
  const api = await openApi();
  await findMember(await api.team(name), username).delete();
  printResult(flags, { team: name, removed: username }, [`${username} is not in ${name} any more.`]);
}

async function createServiceAccount(
  name: string,
  description: string,
  flags: PrintFlags & KeyFlags,
): Promise<void> {
  const limits = readKeyFlags(flags, Date.now());
  const api = await openApi();
  const account = await (await api.team(name)).createServiceAccount(description, limits);
  printResult(flags, toMemberJson(account), [account.apiKey ?? "The server told no key."]);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function findMember(team: Team, username: string): Member {
  const wanted = username.toLowerCase();
  const found = team.members.find((member) =>
    [member.username, member.email].some((name) => name?.toLowerCase() === wanted),
  );
  if (found !== undefined) return found;
  throw new SettingsError(`"${username}" is not in the team "${team.name}".`);
}

function readRole(text: string): TeamRole {
  const role = ROLES.find((known) => known === text);
  if (role !== undefined) return role;
  throw new SettingsError(`The role is "${text}"; expected one of ${ROLES.join(", ")}.`);
}

function toMemberJson(member: Member): JsonObject {
  const { id, username, name, email, role, pending, accountType, apiKey } = member;
  return { id, username, name, email, role, pending: pending === true, accountType, apiKey };
}
