/** Reads the password of a host from the user's netrc file, where `wandb login` puts API keys. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { NetrcAnswer } from "../core/platform.ts";
import { expandHome, isMissing } from "./paths.ts";

/** Where to look. */
export interface NetrcPlace {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** An entry of a netrc file; a machine of null is the default entry. */
export interface NetrcEntry {
  readonly machine: string | null;
  readonly password: string | null;
}

/** Looks a host (with its port) up in `$NETRC`, else `~/.netrc`, else `~/_netrc`. Problems are told, not thrown. */
export async function readNetrc(host: string, { environment, home }: NetrcPlace): Promise<NetrcAnswer> {
  const named = environment["NETRC"] ?? "";
  const paths = named === "" ? [join(home, ".netrc"), join(home, "_netrc")] : [expandHome(named, home)];
  for (const path of paths) {
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if (isMissing(error)) continue;
      return { password: null, problem: `${path} cannot be read: ${String(error)}` };
    }
    const entries = parseNetrc(text);
    const entry =
      entries.find(({ machine }) => machine === host) ?? entries.find(({ machine }) => machine === null);
    if (entry === undefined) return { password: null, problem: null };
    if (entry.password === null || entry.password === "") {
      return { password: null, problem: `${path} has no password for ${host}` };
    }
    return { password: { value: entry.password, source: path }, problem: null };
  }
  return { password: null, problem: null };
}

const TOKEN = /#[^\n]*|"((?:\\.|[^"\\])*)"|'([^']*)'|(\n)|([^\s"'#][^\s]*)/g;

/** Words that the next word belongs to. */
const VALUED_WORDS: readonly string[] = ["machine", "login", "password", "account"];

/** Reads the entries of a netrc file. Words that it does not know are skipped, and so are macros. */
export function parseNetrc(text: string): NetrcEntry[] {
  const withoutMacros = text.replaceAll(/^[ \t]*macdef[^\n]*\n(?:[^\n]+\n?)*/gm, "");
  const words: string[] = [];
  for (const [token, doubleQuoted, singleQuoted, newline] of withoutMacros.matchAll(TOKEN)) {
    if (newline !== undefined || token.startsWith("#")) continue;
    words.push(doubleQuoted?.replaceAll(/\\(.)/g, "$1") ?? singleQuoted ?? token);
  }
  const entries: { machine: string | null; password: string | null }[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const next = words[at + 1];
    const entry = entries.at(-1);
    if (word === "machine") entries.push({ machine: next ?? "", password: null });
    if (word === "default") entries.push({ machine: null, password: null });
    if (word === "password" && entry !== undefined) entry.password = next ?? null;
    if (VALUED_WORDS.includes(word)) at += 1;
  }
  return entries;
}
