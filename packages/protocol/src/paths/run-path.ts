/**
 * Paths of runs and sweeps as people write them: `entity/project/runs/id` and its shorter forms. Reading is split in
 * two because a default entity may cost a request that full paths do not need.
 */
import { ProtocolError } from "../errors.ts";

/** What the path itself says. An absent part takes its default; an empty one is an error. */
export interface RunPathParts {
  readonly entity?: string;
  readonly project?: string;
  readonly id?: string;
}

/** A complete run or sweep path. */
export interface RunPath {
  readonly entity: string;
  readonly project: string;
  readonly id: string;
}

/** What stands in for parts that a path leaves out. */
export interface PathDefaults {
  readonly entity?: string | null | undefined;
  readonly project?: string | null | undefined;
}

/** Splits a run or sweep path without applying defaults or judging it; never throws. */
export function splitRunPath(path: string): RunPathParts {
  const short = stripSlashes(path.replaceAll("/runs/", "/").replaceAll("/sweeps/", "/"));
  const parts = short.split("/");
  const [first = "", second = "", third = "", fourth = ""] = parts;
  if (parts.length === 4 && third === "runs") return trimmed({ entity: first, project: second, id: fourth });
  if (parts.length === 3) return trimmed({ entity: first, project: second, id: third });
  if (parts.length === 2) {
    const docker = splitAtColon(second);
    return trimmed(docker === undefined ? { project: first, id: second } : { entity: first, ...docker });
  }
  if (parts.length === 1 && first !== "") return trimmed(splitAtColon(first) ?? { id: first });
  return {};
}

/**
 * Reads a run or sweep path: `e/p/id`, `e/p/runs/id`, `e/p:id`, `p/id`, `p:id` or `id`.
 *
 * @throws {ProtocolError} `invalid_argument` when a part is missing or the path has too many.
 */
export function parseRunPath(path: string, defaults: PathDefaults = {}): RunPath {
  const parts = splitRunPath(path);
  const entity = parts.entity ?? defaults.entity?.trim();
  const project = parts.project ?? defaults.project?.trim();
  if (entity === undefined || entity === "") throw invalidPath(path, " (missing entity)");
  if (project === undefined || project === "") throw invalidPath(path, " (missing project)");
  if (parts.id === undefined || parts.id === "") throw invalidPath(path, "");
  return { entity, project, id: parts.id };
}

function splitAtColon(text: string): { project: string; id: string } | undefined {
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : { project: text.slice(0, colon), id: text.slice(colon + 1) };
}

function trimmed(parts: RunPathParts): RunPathParts {
  return {
    ...(parts.entity !== undefined && { entity: parts.entity.trim() }),
    ...(parts.project !== undefined && { project: parts.project.trim() }),
    ...(parts.id !== undefined && { id: parts.id.trim() }),
  };
}

/** Removes slashes and spaces from both ends. */
export function stripSlashes(path: string): string {
  let start = 0;
  let end = path.length;
  while (start < end && isSlashOrSpace(path[start])) start += 1;
  while (end > start && isSlashOrSpace(path[end - 1])) end -= 1;
  return path.slice(start, end);
}

function isSlashOrSpace(character: string | undefined): boolean {
  return character === "/" || character === " ";
}

function invalidPath(path: string, suffix: string): ProtocolError {
  return new ProtocolError("invalid_argument", `Invalid path: '${path}'${suffix}`, { field: "path" });
}
