/** The list of everything that Python's public API has, and what stands for it here: `contract/members.json`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What became of a member. */
export const MEMBER_STATES = ["built", "replaced", "not yet built", "not applicable"] as const;

/** What became of a member: `replaced` by something of another form, `not applicable` where it would mean nothing. */
export type MemberState = (typeof MEMBER_STATES)[number];

/** One member. */
export interface Member {
  /** Python's class. */
  readonly class: string;
  /** Python's name; null for what only the TypeScript client has. */
  readonly python: string | null;
  /** `Class.member`, with `()` for a method; null when there is none. */
  readonly typescript: string | null;
  readonly state: MemberState;
  readonly note?: string;
}

const FILE = join(import.meta.dirname, "../../contract/members.json");

/**
 * Reads the list.
 *
 * @throws {Error} naming the entry that is not a member.
 */
export async function readMembers(): Promise<readonly Member[]> {
  const list: unknown = JSON.parse(await readFile(FILE, "utf8"));
  if (!Array.isArray(list)) throw new Error(`${FILE}: expected a list`);
  return list.map(parseMember);
}

function parseMember(entry: unknown, index: number): Member {
  const fail = (what: string): Error =>
    new Error(`${FILE}: entry ${index}: ${what}: ${JSON.stringify(entry)}`);
  if (typeof entry !== "object" || entry === null) throw fail("expected an object");
  const fields = new Map<string, unknown>(Object.entries(entry));
  const name = fields.get("class");
  const python = fields.get("python");
  const typescript = fields.get("typescript");
  const state = MEMBER_STATES.find((known) => known === fields.get("state"));
  const note = fields.get("note");
  if (typeof name !== "string") throw fail("expected a class");
  if (!isNameOrNull(python) || !isNameOrNull(typescript)) throw fail("expected names or null");
  if (state === undefined) throw fail("expected a state");
  if (note !== undefined && typeof note !== "string") throw fail("expected a note");
  if (python === null && typescript === null) throw fail("expected a name");
  if ((typescript === null) === (state === "built" || state === "replaced"))
    throw fail("state and name disagree");
  return { class: name, python, typescript, state, ...(note !== undefined && { note }) };
}

function isNameOrNull(value: unknown): value is string | null {
  return value === null || (typeof value === "string" && value !== "");
}
