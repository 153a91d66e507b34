/** What the operator chose for `steelyard server`: flags first, then the environment, then defaults. */
/** A setting that cannot be understood; the message is for the operator. */
export class SettingsError extends Error {
  override readonly name: string = "SettingsError";
}

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The flags as the command line had them. */
export interface ServerFlags {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly url?: string;
  readonly trustProxy?: boolean;
  readonly logLevel?: string;
  readonly mailFrom?: string;
  readonly allowPrivateWebhooks?: boolean;
  readonly demo?: boolean;
}

/** The choices, checked. */
export interface ServerSettings {
  readonly port: number;
  readonly host: string | undefined;
  readonly dataFolder: string;
  readonly url: string | undefined;
  readonly trustProxy: boolean;
  readonly logLevel: LogLevel;
  readonly adminApiKey: string | undefined;
  readonly adminUsername: string | undefined;
  /** The mail server for invitations, which may hold a password. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string | undefined;
  /** So many unsealed lines of a growing run are sealed. */
  readonly sealLines: number | undefined;
  /** Whether webhooks may lead to addresses of private networks. */
  readonly allowPrivateWebhooks: boolean;
  /** Whether to log and show the example project. */
  readonly isDemo: boolean;
}

/** How much is reported, from nothing to everything. */
export const LOG_LEVELS = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** One of the levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const MAX_PORT = 65_535;

/** Three times as many make a part, which is held in memory while it is written. */
const MAX_SEAL_LINES = 100_000;

/** Joins flags and environment. Throws with a sentence that names the flag or variable at fault. */
export function readServerSettings(flags: ServerFlags, env: Environment): ServerSettings {
  const choose = (flag: string | undefined, name: string): string | undefined => flag ?? present(env[name]);
  return {
    port: parsePort(choose(flags.port, "STEELYARD_PORT") ?? "8080"),
    host: choose(flags.host, "STEELYARD_HOST"),
    dataFolder: choose(flags.data, "STEELYARD_DATA") ?? "./steelyard-data",
    url: parseUrl(choose(flags.url, "STEELYARD_URL")),
    trustProxy: flags.trustProxy ?? parseSwitch("STEELYARD_TRUST_PROXY", env["STEELYARD_TRUST_PROXY"]),
    logLevel: parseLogLevel(choose(flags.logLevel, "STEELYARD_LOG_LEVEL") ?? "warn"),
    adminApiKey: present(env["STEELYARD_ADMIN_API_KEY"]),
    adminUsername: present(env["STEELYARD_ADMIN_USERNAME"]),
    smtpUrl: present(env["STEELYARD_SMTP_URL"]),
    mailFrom: choose(flags.mailFrom, "STEELYARD_MAIL_FROM"),
    allowPrivateWebhooks:
      flags.allowPrivateWebhooks ??
      parseSwitch("STEELYARD_ALLOW_PRIVATE_WEBHOOKS", env["STEELYARD_ALLOW_PRIVATE_WEBHOOKS"]),
    sealLines: parseSealLines(present(env["STEELYARD_SEAL_LINES"])),
    isDemo: flags.demo ?? parseSwitch("STEELYARD_DEMO", env["STEELYARD_DEMO"]),
  };
}

/** A switch given as a variable. Throws for anything but 1, true, yes, on, 0, false, no, off or nothing. */
export function parseSwitch(name: string, text: string | undefined): boolean {
  const value = (text ?? "").trim().toLowerCase();
  if (["1", "true", "yes", "on"].includes(value)) return true;
  if (["", "0", "false", "no", "off"].includes(value)) return false;
  throw new SettingsError(`${name} is "${value}"; expected true or false.`);
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === "" ? undefined : text;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new SettingsError(`The port is "${text}"; expected a number from 0 to ${MAX_PORT}.`);
}

function parseSealLines(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const lines = Number(text);
  if (/^\d+$/.test(text) && lines >= 1 && lines <= MAX_SEAL_LINES) return lines;
  throw new SettingsError(
    `STEELYARD_SEAL_LINES is "${text}"; expected a number from 1 to ${MAX_SEAL_LINES}.`,
  );
}

function parseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const isUsable = url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  if (isUsable) return text.replace(/\/+$/, "");
  throw new SettingsError(`The url is "${text}"; expected an address such as https://runs.example.org.`);
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new SettingsError(`The log level is "${text}"; expected one of ${LOG_LEVELS.join(", ")}.`);
}
