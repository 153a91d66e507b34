/**
 * Finds the credentials of a server, in the order of W&B's clients: the option, `WANDB_API_KEY` or an identity token
 * file, netrc, and a settings file that is about the same server.
 */
import { isApiKey } from "@steelyard/protocol";

import { AuthenticationError, UsageError } from "./errors.ts";
import type { Logger } from "./logger.ts";
import type { Platform } from "./platform.ts";
import type { Settings } from "./settings.ts";

/** What a client shows to its server. */
export type Credentials =
  | { readonly kind: "key"; readonly key: string }
  /** A file with an identity token, to be exchanged for an access token. */
  | { readonly kind: "identity"; readonly tokenFile: string }
  /** Nothing: a browser may have a session cookie, a server may serve public data. */
  | { readonly kind: "none" };

/**
 * Checks the shape of an API key.
 *
 * @throws {AuthenticationError} when W&B's clients would refuse it. The message does not hold the key.
 */
export function checkApiKey(key: string, source: string): string {
  if (!isApiKey(key)) {
    throw new AuthenticationError(
      `The API key from ${source} is malformed: expected at least 40 letters, digits, '_' or '-' ` +
        `after an optional prefix, found ${key.length} characters`,
    );
  }
  return key;
}

/** What {@link resolveCredentials} looks at. */
export interface CredentialSources {
  /** The option: a key, null for no credentials at all, undefined to look elsewhere. */
  readonly apiKey: string | null | undefined;
  readonly settings: Settings;
  readonly platform: Platform;
  readonly logger: Logger;
}

/**
 * Finds the credentials in force.
 *
 * @throws {AuthenticationError} when a key is malformed, or there is both a key and an identity token file.
 * @throws {UsageError} when there are none.
 */
export async function resolveCredentials({
  apiKey,
  settings,
  platform,
  logger,
}: CredentialSources): Promise<Credentials> {
  if (apiKey === null) return { kind: "none" };
  if (apiKey !== undefined) return { kind: "key", key: checkApiKey(apiKey, "the option `apiKey`") };
  const environment = platform.environment();
  const key = environment["WANDB_API_KEY"] ?? "";
  const tokenFile = environment["WANDB_IDENTITY_TOKEN_FILE"] ?? "";
  if (key !== "" && tokenFile !== "") {
    throw new AuthenticationError(
      "WANDB_API_KEY and WANDB_IDENTITY_TOKEN_FILE are both set; set one of them",
    );
  }
  if (key !== "") return { kind: "key", key: checkApiKey(key, "WANDB_API_KEY") };
  if (tokenFile !== "") return { kind: "identity", tokenFile };
  const { host } = new URL(settings.baseUrl);
  const netrc = await platform.netrc(host);
  if (netrc.password !== null)
    return { kind: "key", key: checkApiKey(netrc.password.value, netrc.password.source) };
  if (netrc.problem !== null) logger.warn("The netrc file could not be used", { problem: netrc.problem });
  for (const file of await platform.settingsFiles()) {
    const found = file.settings["api_key"];
    if (found !== undefined && found !== "" && file.settings["base_url"] === settings.baseUrl) {
      return { kind: "key", key: checkApiKey(found, file.path) };
    }
  }
  const hint = netrc.problem === null ? "" : ` (${netrc.problem})`;
  throw new UsageError(
    `No API key for ${settings.baseUrl}${hint}: pass the option \`apiKey\`, set WANDB_API_KEY, ` +
      `or add the host ${host} to the netrc file. \`apiKey: null\` sends none`,
  );
}

/** The value of `Authorization` for an API key: user `api`, the key as password. */
export function basicAuthorization(key: string): string {
  return `Basic ${btoa(`api:${key}`)}`;
}
