/** The settings of an `Api`: overrides, then environment, then settings files, then defaults, each key for itself. */
import { ValueError } from "./errors.ts";
import type { Platform } from "./platform.ts";
import { DEFAULT_BASE_URL, appUrlOf, parseBaseUrl } from "./urls.ts";

/** Settings that the caller states; each beats every other source. */
export interface SettingsOverrides {
  /** The server's address. */
  readonly baseUrl?: string | undefined;
  /** The entity of paths that name none. */
  readonly entity?: string | undefined;
  /** The project of paths that name none. */
  readonly project?: string | undefined;
  /** The organization of registries whose path names none. */
  readonly organization?: string | undefined;
  /** The run of `api.run()` without a path. */
  readonly run?: string | undefined;
}

/** The settings in force. */
export interface Settings {
  /** The server's address, without a slash at the end. */
  readonly baseUrl: string;
  /** Where the server's pages are, with a slash at the end. */
  readonly appUrl: string;
  readonly entity: string | null;
  readonly project: string | null;
  readonly organization: string | null;
  readonly run: string | null;
}

/** The time that one attempt may take when nothing else is said, in seconds. */
export const DEFAULT_TIMEOUT_SECONDS = 19;

/**
 * Reads the settings in force.
 *
 * @throws {ValueError} when the base URL is not one.
 */
export async function resolveSettings(overrides: SettingsOverrides, platform: Platform): Promise<Settings> {
  const environment = platform.environment();
  const files = await platform.settingsFiles();
  const find = (override: string | undefined, variable: string, key: string): string | null => {
    const candidates = [override, environment[variable], ...files.map((file) => file.settings[key])];
    return candidates.find((candidate) => candidate !== undefined && candidate !== "") ?? null;
  };
  const baseUrl = parseBaseUrl(find(overrides.baseUrl, "WANDB_BASE_URL", "base_url") ?? DEFAULT_BASE_URL);
  const appUrl = environment["WANDB_APP_URL"];
  return {
    baseUrl,
    appUrl: appUrl === undefined || appUrl === "" ? appUrlOf(baseUrl) : `${parseBaseUrl(appUrl)}/`,
    entity: find(overrides.entity, "WANDB_ENTITY", "entity"),
    project: find(overrides.project, "WANDB_PROJECT", "project"),
    organization: find(overrides.organization, "WANDB_ORGANIZATION", "organization"),
    run: overrides.run ?? null,
  };
}

/**
 * The time one attempt may take, in milliseconds: the option, else `WANDB_HTTP_TIMEOUT`, else 19 s.
 *
 * @throws {ValueError} when it is not a positive number of seconds.
 */
export function resolveTimeoutMs(option: number | undefined, platform: Platform): number {
  const variable = platform.environment()["WANDB_HTTP_TIMEOUT"];
  const seconds =
    option ?? (variable === undefined || variable === "" ? DEFAULT_TIMEOUT_SECONDS : Number(variable));
  if (!(seconds > 0))
    throw new ValueError(`Invalid timeout: expected a positive number of seconds, found ${seconds}`);
  return seconds * 1_000;
}
