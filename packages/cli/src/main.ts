/** The `steelyard` command: a table of commands, each loaded when it is called. */
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addExportCommand } from "./commands/export.ts";
import { addInvitesCommand } from "./commands/people/invites.ts";
import { addKeysCommand } from "./commands/people/keys.ts";
import { addTeamsCommand } from "./commands/people/teams.ts";
import { addUsersCommand } from "./commands/people/users.ts";
import { addServerCommand } from "./commands/server.ts";
import { addSyncTensorboardCommand } from "./commands/sync-tensorboard.ts";
import { addVerifyCommand } from "./commands/verify.ts";
import type { Environment } from "./commands/server-settings.ts";

/** Runs the command that the arguments name. Failures end in one line on standard error and a non-zero exit code. */
export async function main(argv: readonly string[], env: Environment): Promise<void> {
  const program = new Command("steelyard")
    .description("A self-hosted server for the wandb client")
    .version(manifest.version)
    .exitOverride();
  addServerCommand(program, env);
  addExportCommand(program);
  addSyncTensorboardCommand(program);
  addVerifyCommand(program, env);
  addUsersCommand(program);
  addTeamsCommand(program);
  addKeysCommand(program);
  addInvitesCommand(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = 1;
    // Commander has printed its own: help, the version, an unknown option.
    if (error instanceof CommanderError) process.exitCode = error.exitCode;
    else console.error(error instanceof Error ? error.message : String(error));
  }
}
