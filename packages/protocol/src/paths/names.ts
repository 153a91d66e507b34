/**
 * The rules for names and ids in paths, applied once where they enter. They keep every name usable as one segment
 * of a URL that W&B's clients build without escaping.
 */
import { ProtocolError } from "../errors.ts";

/** The longest name of an entity, project, run, artifact or artifact type. */
export const MAX_NAME_LENGTH = 128;

/** What W&B's clients put before a registry's name to make its project name. */
export const REGISTRY_PREFIX = "wandb-registry-";

/** First path segments that the server answers itself; an entity of that name could not be reached. */
export const RESERVED_ENTITY_NAMES = [
  "api",
  "files",
  "artifacts",
  "artifactsv2",
  "graphql",
  "health",
  "ready",
  "authorize",
  "oidc",
  "sdk",
  "blobs",
  "assets",
  "login",
  "logout",
  "settings",
] as const;

// Control characters are refused on purpose: they break headers, logs and terminals.
const UNSAFE_IN_NAME = /[/\\#?%:\p{Cc}]/u;
const ARTIFACT_TAG = /^[-\w]+(?: +[-\w]+)*$/;

/**
 * Checks the name of a user's or team's entity and returns it.
 *
 * @throws {ProtocolError} `invalid_argument`, naming the rule: length, characters, dots, reserved names.
 */
export function validateEntityName(name: string): string {
  checkName(name, "entity");
  const lower = name.toLowerCase();
  if (RESERVED_ENTITY_NAMES.some((reserved) => reserved === lower)) {
    throw invalid("entity", name, "this name is reserved for the server's own pages");
  }
  return name;
}

/**
 * Checks a project's name and returns it. Spaces and any script are allowed.
 *
 * @throws {ProtocolError} `invalid_argument`, naming the rule: length, characters, dots.
 */
export function validateProjectName(name: string): string {
  return checkName(name, "project");
}

/**
 * Checks a run's id (the last part of its URL) and returns it.
 *
 * @throws {ProtocolError} `invalid_argument`, naming the rule: length, characters, dots.
 */
export function validateRunId(id: string): string {
  return checkName(id, "run");
}

/**
 * Checks a registry's name (without the prefix of its project) and returns it.
 *
 * @throws {ProtocolError} `invalid_argument`, naming the rule: 1 to 113 characters, none of `/ \ # ? % :`.
 */
export function validateRegistryName(name: string): string {
  return checkName(name, "registry", MAX_NAME_LENGTH - REGISTRY_PREFIX.length);
}

/**
 * Checks the name of an artifact collection and returns it.
 *
 * @throws {ProtocolError} `invalid_argument`, naming the rule: 1 to 128 characters, no `/`, no `:`.
 */
export function validateArtifactName(name: string): string {
  return checkText(name, "artifact", /[/:\p{Cc}]/u, "/ : or control characters");
}

/**
 * Checks the name of an artifact type and returns it.
 *
 * @throws {ProtocolError} `invalid_argument`, naming the rule: 1 to 128 characters, no `/`, no `:`.
 */
export function validateArtifactType(type: string): string {
  return checkText(type, "artifact type", /[/:\p{Cc}]/u, "/ : or control characters");
}

/**
 * Checks a tag of an artifact or collection and returns it.
 *
 * @throws {ProtocolError} `invalid_argument`: words of letters, digits, `-` and `_`, with spaces between them.
 */
export function validateArtifactTag(tag: string): string {
  if (!ARTIFACT_TAG.test(tag)) {
    throw invalid("tag", tag, "expected words of letters, digits, '-' and '_' with spaces between them");
  }
  return tag;
}

function checkName(name: string, field: string, maxLength = MAX_NAME_LENGTH): string {
  checkText(name, field, UNSAFE_IN_NAME, "/ \\ # ? % : or control characters", maxLength);
  if (name === "." || name === "..") throw invalid(field, name, "a name cannot be only dots");
  return name;
}

function checkText(
  text: string,
  field: string,
  refused: RegExp,
  refusedText: string,
  maxLength = MAX_NAME_LENGTH,
): string {
  if (text.trim() === "") throw invalid(field, text, "the name is empty");
  if (text.length > maxLength) throw invalid(field, text, `at most ${maxLength} characters are allowed`);
  if (refused.test(text) || !text.isWellFormed()) throw invalid(field, text, `it cannot hold ${refusedText}`);
  return text;
}

function invalid(field: string, text: string, reason: string): ProtocolError {
  const shown = text.length > MAX_NAME_LENGTH ? `${text.slice(0, MAX_NAME_LENGTH)}…` : text;
  return new ProtocolError("invalid_argument", `Invalid ${field} name ${JSON.stringify(shown)}: ${reason}`, {
    field,
  });
}
