/** `steelyard keys`: API keys of users and service accounts. */
import { openApi } from "../open-api.ts";
import type { ApiKey } from "@steelyard/client";
import type { JsonObject } from "@steelyard/protocol";
import type { Command } from "commander";
import { SettingsError } from "../server-settings.ts";
import { addKeyFlags, readKeyFlags } from "./key-flags.ts";
import type { KeyFlags } from "./key-flags.ts";
import { printResult, tableOf } from "./print-result.ts";
import type { PrintFlags } from "./print-result.ts";
import { findUser } from "./users.ts";

interface OwnerFlags extends PrintFlags {
  readonly user?: string;
}

const EXAMPLES = `
Without --user the keys are one's own. Others' are for administrators, a service account's also for its team's. A key can do
no more and live no longer than the key that makes it.

Examples:
  steelyard keys create --scope append --project team/training --expires 30d --description "cluster"
  steelyard keys list --user ada
  steelyard keys delete 1a2b...9f0e`;

const DELETE = "mutation DeleteApiKey($id: String!) { deleteApiKey(input: { id: $id }) { success } }";

/** Adds the commands to the program. */
export function addKeysCommand(program: Command): void {
  const keys = program
    .command("keys")
    .description("list, make and delete API keys")
    .addHelpText("after", EXAMPLES);
  keys
    .command("list")
    .description("list keys by their masks, with what they may do")
    .option("--user <username>", "of this user or service account")
    .option("--json", "print them as JSON")
    .action(listKeys);
  const create = keys
    .command("create")
    .description("make a key and print its text, which is told only now")
    .option("--user <username>", "for this user or service account")
    .option("--description <text>", "what the key is for");
  addKeyFlags(create, "the only project that the key may touch, as entity/project")
    .option("--json", "print it as JSON")
    .action(createKey);
  keys
    .command("delete")
    .argument("<key>", "mask or text of one's own key, id or text of another's")
    .description("delete a key; it stops working at once")
    .option("--json", "print what was done as JSON")
    .action(deleteKey);
}

async function listKeys(flags: OwnerFlags): Promise<void> {
  const api = await openApi();
  const user = flags.user === undefined ? await api.viewer() : await findUser(api, flags.user);
  const keys = await user.keys();
  const rows = keys.map((key) => [
    key.id,
    key.name,
    key.scope,
    key.isLimitedToProject ? (key.project ?? "one project") : "all projects",
    key.expiresAt?.toISOString() ?? "never ends",
    key.description ?? "",
  ]);
  const heading = ["id", "key", "scope", "for", "until", "description"];
  printResult(flags, keys.map(toKeyJson), tableOf(heading, rows, "No keys."));
}

async function createKey(flags: OwnerFlags & KeyFlags & { readonly description?: string }): Promise<void> {
  const limits = readKeyFlags(flags, Date.now());
  const api = await openApi();
  const user = flags.user === undefined ? await api.viewer() : await findUser(api, flags.user);
  const key = await user.generateApiKey(flags.description, limits);
  printResult(flags, { key, user: user.username }, [key]);
}

async function deleteKey(name: string, flags: PrintFlags): Promise<void> {
  const api = await openApi();
  const answer = await api.graphql(DELETE, { id: name });
  const payload: unknown = answer["deleteApiKey"];
  const isDeleted =
    typeof payload === "object" && payload !== null && "success" in payload && payload.success === true;
  if (!isDeleted) throw new SettingsError("There is no such key, or it is not yours to delete.");
  printResult(flags, { deleted: true }, ["It is deleted."]);
}

function toKeyJson(key: ApiKey): JsonObject {
  const { id, name, scope, description, isLimitedToProject, project } = key;
  const [createdAt, expiresAt] = [key.createdAt.toISOString(), key.expiresAt?.toISOString() ?? null];
  return { id, name, scope, description, isLimitedToProject, project, createdAt, expiresAt };
}
