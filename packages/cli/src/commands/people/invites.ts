/** `steelyard invites`: open invitations of a server or a team. */
import { openApi } from "../open-api.ts";
import type { Invite } from "@steelyard/client";
import type { JsonObject } from "@steelyard/protocol";
import type { Command } from "commander";
import { SettingsError } from "../server-settings.ts";
import { printResult, tableOf } from "./print-result.ts";
import type { PrintFlags } from "./print-result.ts";

interface TeamFlags extends PrintFlags {
  readonly team?: string;
}

const EXAMPLES = `
Without --team the key must be an administrator's of the server. Links are told once and stored as a hash; for a lost one
renew the invitation. Invitations are made with "steelyard users invite" and "steelyard teams invite".

Examples:
  steelyard invites list --team vision
  steelyard invites renew SW52aXRlOjQ=
  steelyard invites withdraw SW52aXRlOjQ=`;

/** Adds the commands to the program. */
export function addInvitesCommand(program: Command): void {
  const invites = program
    .command("invites")
    .description("list, renew and withdraw open invitations")
    .addHelpText("after", EXAMPLES);
  const add = (name: string, description: string): Command =>
    invites
      .command(name)
      .description(description)
      .option("--team <team>", "of this team (default: all of the server)")
      .option("--json", "print the result as JSON");
  add("list", "list open invitations").action(listInvites);
  add("renew", "make a new link, good for a week; the old one is void")
    .argument("<id>", "as invites list shows it")
    .action(renewInvite);
  add("withdraw", "make an invitation's link void")
    .argument("<id>", "as invites list shows it")
    .action(withdrawInvite);
}

/** An invitation in lines for a person. */
export function describeInvite(invite: Invite): readonly string[] {
  const { link, name, team, expiresAt } = invite;
  if (link === null) return [`${name} is in ${team ?? "the server"} now.`];
  return [
    `For ${name}, once, until ${expiresAt?.toISOString() ?? "it is used"}:`,
    "",
    `  ${link}`,
    "",
    invite.isMailed ? `It was mailed to ${invite.email ?? name}.` : notMailed(invite),
  ];
}

/** An invitation for a program. */
export function toInviteJson(invite: Invite): JsonObject {
  const { id, name, email, role, team, link, isMailed, mailProblem } = invite;
  const [createdAt, expiresAt] = [invite.createdAt.toISOString(), invite.expiresAt?.toISOString() ?? null];
  return { id, name, email, role, team, createdAt, expiresAt, link, isMailed, mailProblem };
}

function notMailed({ mailProblem }: Invite): string {
  return mailProblem === null ? "It was not mailed; hand it on." : `It was not mailed: ${mailProblem}`;
}

async function openInvites({ team }: TeamFlags): Promise<readonly Invite[]> {
  const api = await openApi();
  return team === undefined ? api.invites() : (await api.team(team)).invites();
}

async function find(id: string, flags: TeamFlags): Promise<Invite> {
  const invite = (await openInvites(flags)).find((each) => each.id === id);
  if (invite !== undefined) return invite;
  throw new SettingsError(`There is no open invitation "${id}".`);
}

async function listInvites(flags: TeamFlags): Promise<void> {
  const invites = await openInvites(flags);
  const rows = invites.map(({ id, name, team, role, expiresAt }) => [
    id,
    name,
    team ?? "the server",
    team === null ? "" : (role ?? ""),
    expiresAt?.toISOString() ?? "",
  ]);
  const heading = ["id", "for", "to", "role", "until"];
  printResult(flags, invites.map(toInviteJson), tableOf(heading, rows, "No open invitations."));
}

async function renewInvite(id: string, flags: TeamFlags): Promise<void> {
  const invite = await (await find(id, flags)).renew();
  printResult(flags, toInviteJson(invite), describeInvite(invite));
}

async function withdrawInvite(id: string, flags: TeamFlags): Promise<void> {
  await (await find(id, flags)).withdraw();
  printResult(flags, { withdrawn: id }, ["It is withdrawn."]);
}
