/** What a new key may do, as the command line says it. */
import type { ApiKeyScope } from "@steelyard/client";
import type { Command } from "commander";
import { SettingsError } from "../server-settings.ts";

/** The flags as the command line had them. */
export interface KeyFlags {
  readonly scope?: string;
  readonly expires?: string;
  readonly project?: string;
}

/** The choices, checked. */
export interface KeyLimits {
  readonly scope: ApiKeyScope | undefined;
  readonly expiresAt: Date | undefined;
  readonly project: string | undefined;
}

const SCOPES: readonly ApiKeyScope[] = ["read", "append", "write", "admin"];
const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Adds the flags to a command. */
export function addKeyFlags(command: Command, project: string): Command {
  return command
    .option("--scope <scope>", `what the key may do: ${SCOPES.join(", ")}; each includes the ones before it`)
    .option("--expires <time>", "when the key ends: 30d, 12h, 90m, or a date such as 2027-01-31")
    .option("--project <name>", project);
}

/** Reads the flags; `now` is the present in milliseconds. Throws with a sentence that names the flag at fault. */
export function readKeyFlags(flags: KeyFlags, now: number): KeyLimits {
  return { scope: readScope(flags.scope), expiresAt: readEnd(flags.expires, now), project: flags.project };
}

function readScope(text: string | undefined): ApiKeyScope | undefined {
  const scope = SCOPES.find((known) => known === text);
  if (text === undefined || scope !== undefined) return scope;
  throw new SettingsError(`The scope is "${text}"; expected one of ${SCOPES.join(", ")}.`);
}

function readEnd(text: string | undefined, now: number): Date | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit === "m" || unit === "h" || unit === "d") return new Date(now + Number(count) * UNITS_MS[unit]);
  const date = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new SettingsError(`--expires is "${text}"; expected 30d, 12h, 90m, or a date such as 2027-01-31.`);
}
