/** Paths of projects: `project` or `entity/project`. */
import { ProtocolError } from "../errors.ts";
import type { PathDefaults } from "./run-path.ts";

/** The project that W&B's clients use when none is set. */
export const DEFAULT_PROJECT = "uncategorized";

/** What a project path says; an absent part takes its default. */
export interface ProjectPathParts {
  readonly entity?: string;
  readonly project?: string;
}

/** A complete project path. */
export interface ProjectPath {
  readonly entity: string;
  readonly project: string;
}

/** Splits a project path at its first slash, without applying defaults; never throws. */
export function splitProjectPath(path: string | null | undefined): ProjectPathParts {
  if (path === null || path === undefined) return {};
  const slash = path.indexOf("/");
  return slash === -1 ? { project: path } : { entity: path.slice(0, slash), project: path.slice(slash + 1) };
}

/**
 * Reads a project path: nothing, `project` or `entity/project`; what follows the first slash is the project. The
 * default project is the one given, or `uncategorized`.
 *
 * @throws {ProtocolError} `invalid_argument` when there is neither an entity nor a default for it.
 */
export function parseProjectPath(path: string | null | undefined, defaults: PathDefaults = {}): ProjectPath {
  const parts = splitProjectPath(path);
  const entity = parts.entity ?? defaults.entity ?? "";
  if (entity === "") {
    throw new ProtocolError("invalid_argument", `Invalid path: '${path ?? ""}' (missing entity)`, {
      field: "path",
    });
  }
  const fallback = defaults.project === undefined || defaults.project === "" ? null : defaults.project;
  return { entity, project: parts.project ?? fallback ?? DEFAULT_PROJECT };
}
