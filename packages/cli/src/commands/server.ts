/** `steelyard server`: starts the embedded server, says how to use it, and stops it in good order. */
import { resolve } from "node:path";
import type { Command } from "commander";
import type { EmbeddedServer } from "@steelyard/server";
import manifest from "../../package.json" with { type: "json" };
import { LOG_LEVELS, readServerSettings } from "./server-settings.ts";
import type { Environment, ServerFlags, ServerSettings } from "./server-settings.ts";

const EXAMPLES = `
Each option is also an environment variable; the option wins:
  STEELYARD_PORT, STEELYARD_HOST, STEELYARD_DATA, STEELYARD_URL, STEELYARD_TRUST_PROXY, STEELYARD_LOG_LEVEL,
  STEELYARD_ALLOW_PRIVATE_WEBHOOKS, STEELYARD_DEMO
Only as environment variables, because other users of the machine can read the command line:
  STEELYARD_ADMIN_API_KEY   a key for the first administrator, instead of one that is made up and shown once
  STEELYARD_ADMIN_USERNAME  the first administrator's name (default: admin)
  STEELYARD_SMTP_URL        a mail server for invitations: smtp://user:password@host:587, or smtps://...

Examples:
  steelyard server
  steelyard server --port 9000 --data /srv/steelyard
  steelyard server --host 0.0.0.0 --url https://runs.example.org`;

/** Adds the command to the program. */
export function addServerCommand(program: Command, env: Environment): void {
  program
    .command("server")
    .description("serve runs, files and artifacts from a folder on this machine")
    .option("--port <number>", "port to listen on; 0 for any that is free (default: 8080)")
    .option("--host <address>", "address to listen on (default: this machine only, 127.0.0.1 and ::1)")
    .option("--data <folder>", "folder of everything the server knows (default: ./steelyard-data)")
    .option(
      "--url <address>",
      "address under which clients reach the server (default: taken from each request)",
    )
    .option("--trust-proxy", "believe X-Forwarded-For, -Host and -Proto of a proxy in front")
    .option(
      "--log-level <level>",
      `what to report on standard error: ${LOG_LEVELS.join(", ")} (default: warn)`,
    )
    .option("--allow-private-webhooks", "let webhooks lead to addresses of private networks")
    .option("--mail-from <address>", "sender of invitations, where STEELYARD_SMTP_URL names a mail server")
    .option("--demo", "log an example project on the first start and print its runs")
    .addHelpText("after", EXAMPLES)
    .action((flags: ServerFlags) => runServer(readServerSettings(flags, env)));
}

/** Starts the server and returns when it was stopped. Throws with a sentence for the operator when it cannot start. */
async function runServer(settings: ServerSettings): Promise<void> {
  // Loaded here, because the other commands do without it.
  const { createLogger, startEmbeddedServer } = await import("@steelyard/server");
  const { promise: isOver, resolve: stop } = Promise.withResolvers<undefined>();
  const dataFolder = resolve(settings.dataFolder);
  const server = await startEmbeddedServer({
    ...settings,
    dataFolder,
    logger: createLogger(settings.logLevel),
    onFailure: (cause) => {
      console.error(`The server cannot go on: ${cause instanceof Error ? cause.message : String(cause)}`);
      process.exitCode = 1;
      stop(undefined);
    },
  });
  listenForSignals(() => stop(undefined));
  console.log(greeting(server, dataFolder));
  // A signal ends the server also while the example is being logged.
  if (settings.isDemo) await Promise.race([isOver, showDemo(server, settings.adminApiKey)]);
  await isOver;
  await server.close();
}

/** Shows the example project where a key is known; a failure is told and does not stop the server. */
async function showDemo(server: EmbeddedServer, givenKey: string | undefined): Promise<void> {
  const apiKey = server.adminApiKey ?? givenKey;
  // The last one is this machine's own; the first may be reached from elsewhere only.
  const baseUrl = server.urls.at(-1);
  if (apiKey === undefined || baseUrl === undefined) return;
  try {
    // Loaded here, because a server without the example needs no client.
    const { runDemo } = await import("../demo/demo.ts");
    await runDemo({ baseUrl, apiKey, print: (line) => console.log(line) });
  } catch (cause) {
    console.error(
      `The example project could not be shown: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

/** The first signal ends the server gracefully, the next one at once. */
function listenForSignals(stop: () => void): void {
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      console.error("Stopping; once more to stop at once.");
      stop();
    });
  }
}

function greeting(server: EmbeddedServer, dataFolder: string): string {
  const [url = ""] = server.urls;
  const key = server.adminApiKey;
  const firstStart =
    key === undefined
      ? []
      : ["", "This is the first start. The administrator's API key, shown only now:", "", `  ${key}`];
  return [
    `Steelyard ${manifest.version} serves ${dataFolder} on ${server.urls.join(" and ")}`,
    ...firstStart,
    "",
    "To log to it with wandb:",
    "",
    `  export WANDB_BASE_URL=${url} WANDB_API_KEY=${key ?? "<your key>"}`,
    "",
  ].join("\n");
}
