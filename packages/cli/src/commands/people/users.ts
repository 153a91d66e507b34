/** `steelyard users`: accounts of a server. */
import { openApi } from "../open-api.ts";
import type { Api, Invite, User } from "@steelyard/client";
import type { JsonObject } from "@steelyard/protocol";
import type { Command } from "commander";
import { SettingsError } from "../server-settings.ts";
import { askAdmin } from "./admin-rest.ts";
import { describeInvite, toInviteJson } from "./invites.ts";
import { printResult, tableOf } from "./print-result.ts";
import type { PrintFlags } from "./print-result.ts";

const EXAMPLES = `
The server and the key are those of the wandb client: WANDB_BASE_URL and WANDB_API_KEY, its settings files, netrc. The key
must be an administrator's.

Examples:
  steelyard users list
  steelyard users create ada@example.org          # then hand on: steelyard users invite ada
  steelyard users invite grace@example.org        # a link: she chooses her own name and password
  steelyard users delete ada`;

/** Adds the commands to the program. */
export function addUsersCommand(program: Command): void {
  const users = program
    .command("users")
    .description("list, make, invite and delete the users of a server")
    .addHelpText("after", EXAMPLES);
  users
    .command("list")
    .argument("[text]", "only users whose name or address has this text")
    .description("list users")
    .option("--json", "print them as JSON")
    .action(listUsers);
  users
    .command("create")
    .argument("<email>", "e-mail address; what is before the @ becomes the login name")
    .description("make an account; the user gets in with a link (users invite) or a key (keys create)")
    .option("--admin", "let the user administer the server")
    .option("--json", "print it as JSON")
    .action(createUser);
  users
    .command("invite")
    .argument("<username or email>", "an account that is there, or the address of somebody new")
    .description(
      "make a link with which somebody comes in, or a user sets a password; it works once, for a week",
    )
    .option("--json", "print it as JSON")
    .action(inviteUser);
  users
    .command("delete")
    .argument("<username>", "login name")
    .description("delete an account with its keys and memberships; what it logged stays")
    .option("--json", "print what was done as JSON")
    .action(deleteUser);
}

/** The account of exactly that login name. Throws when there is none. */
export async function findUser(api: Api, username: string): Promise<User> {
  const found = await api.users(username);
  const user = found.find((each) => each.username?.toLowerCase() === username.toLowerCase());
  if (user !== undefined) return user;
  throw new SettingsError(`There is no user "${username}".`);
}

async function listUsers(text: string | undefined, flags: PrintFlags): Promise<void> {
  const api = await openApi();
  const users = await api.users(text ?? "");
  const sorted = users.toSorted((a, b) => ((a.username ?? "") < (b.username ?? "") ? -1 : 1));
  const rows = sorted.map((user) => [
    user.username ?? "",
    user.email ?? "",
    user.admin === true ? "admin" : "",
    user.teams.join(", "),
  ]);
  const lines = tableOf(["user", "e-mail", "", "teams"], rows, "No users.");
  printResult(flags, sorted.map(toUserJson), lines);
}

async function createUser(email: string, flags: PrintFlags & { readonly admin?: boolean }): Promise<void> {
  const api = await openApi();
  const user = await api.createUser(email, { admin: flags.admin ?? false });
  const name = user.username ?? "";
  printResult(flags, toUserJson(user), [
    `${name} is made. A link to set a password: steelyard users invite ${name}`,
  ]);
}

async function inviteUser(who: string, flags: PrintFlags): Promise<void> {
  const api = await openApi();
  const invite: Invite = await api.inviteUser(who);
  printResult(flags, toInviteJson(invite), describeInvite(invite));
}

async function deleteUser(username: string, flags: PrintFlags): Promise<void> {
  const api = await openApi();
  await findUser(api, username);
  await askAdmin(api, "DELETE", `/users/${encodeURIComponent(username)}`);
  printResult(flags, { deleted: username }, [`${username} is deleted.`]);
}

function toUserJson(user: User): JsonObject {
  const { username, name, email, admin, teams } = user;
  return { username, name, email, admin: admin === true, teams: [...teams] };
}
