/** Reads W&B's settings files: `wandb/settings` of the working directory, then the user's own. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { UsageError, ValueError } from "../core/errors.ts";
import type { SettingsFile } from "../core/platform.ts";
import { expandHome, isMissing } from "./paths.ts";

/** Where to look. */
export interface SettingsPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly workingDirectory: string;
}

/** The only section of a settings file that counts. */
const SECTION = "default";

/**
 * Reads the settings files that exist, the strongest first. A file that cannot be understood is an error rather than
 * nothing: ignoring it could send a key to the wrong server.
 *
 * @throws {UsageError} when a file is there but cannot be read.
 * @throws {ValueError} when a line of a file is not understood.
 */
export async function readSettingsFiles(place: SettingsPlace): Promise<readonly SettingsFile[]> {
  const { environment, home, workingDirectory } = place;
  const root = resolve(workingDirectory, expandHome(environment["WANDB_DIR"] ?? "", home));
  const userFolder = environment["WANDB_CONFIG_DIR"] ?? join(home, ".config", "wandb");
  const candidates = [
    join(root, ".wandb", "settings"),
    join(root, "wandb", "settings"),
    join(expandHome(userFolder, home), "settings"),
  ];
  const found: SettingsFile[] = [];
  for (const path of candidates) {
    const text = await readIfThere(path);
    if (text !== undefined) found.push({ path, settings: parseSettings(text, path) });
  }
  return found;
}

/**
 * Reads the `[default]` section of a settings file: `name = value` or `name: value`, comments with `#` or `;`.
 *
 * @throws {ValueError} with the line, when it is none of these.
 */
export function parseSettings(text: string, path: string): Readonly<Record<string, string>> {
  const settings = new Map<string, string>();
  let section: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    const heading = /^\[(.*)\]$/.exec(trimmed);
    if (heading !== null) {
      section = heading[1];
      continue;
    }
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed);
    if (pair === null || section === undefined) {
      throw new ValueError(
        `${path}:${index + 1}: expected "name = value" in a section, found ${JSON.stringify(trimmed)}`,
      );
    }
    const [, name = "", value = ""] = pair;
    if (section === SECTION) settings.set(name.toLowerCase(), value);
  }
  return Object.fromEntries(settings);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new UsageError(`The settings file ${path} cannot be read`, { cause });
  }
}
