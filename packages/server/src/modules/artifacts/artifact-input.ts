/** What callers say of a new or changed version, checked once. */
import {
  parseJsonObject,
  validateArtifactName,
  validateArtifactTag,
  validateArtifactType,
} from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { DigestAlgorithm } from "./artifact.ts";
import { parseAlias, parseDigest } from "./artifact-name.ts";

/** A version to begin, as its client describes it. Null stands for what was not said. */
export interface ArtifactInput {
  readonly typeName: string;
  readonly collectionName: string;
  readonly digest: string;
  readonly description: string | null;
  readonly metadata: string | null;
  readonly historyStep: number | null;
  readonly aliases: readonly AliasInput[];
  readonly tags: readonly string[];
  readonly clientId: string | null;
  readonly sequenceClientId: string | null;
  readonly reuseCommitted: boolean;
  readonly digestAlgorithm: DigestAlgorithm;
  readonly distributedId: string | null;
  /** Seconds to live; -1 for what the collection says, -2 for ever. */
  readonly ttlSeconds: number | null;
  readonly storageRegion: string | null;
}

/** An alias and the collection that it is meant for. */
export interface AliasInput {
  readonly alias: string;
  readonly collectionName: string;
}

/** The part of the input that is stored. */
export interface ParsedArtifactInput {
  readonly typeName: string;
  readonly sequenceName: string;
  readonly digest: string;
  readonly description: string | null;
  readonly metadata: string | null;
  readonly historyStep: number | null;
  readonly digestAlgorithm: DigestAlgorithm;
  readonly isTtlInherited: boolean;
  readonly ttlSeconds: number | null;
  readonly distributedId: string | null;
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly clientId: string | null;
  readonly sequenceClientId: string | null;
  readonly reuseCommitted: boolean;
}

const MAX_CLIENT_ID_LENGTH = 256;
const TTL_INHERITED = -1;
const TTL_OFF = -2;
/** A thousand years. */
const MAX_TTL_SECONDS = 1_000 * 365 * 24 * 60 * 60;
const MAX_NAMES = 1_000;

/**
 * Checks a version to begin.
 *
 * @throws {ServerError | ProtocolError} `invalid_argument`, naming the field; `unsupported` for other regions and
 *   aliases in other collections.
 */
export function parseArtifactInput(input: ArtifactInput): ParsedArtifactInput {
  refuseUnsupported(input);
  const ttl = parseTtl(input.ttlSeconds) ?? { isInherited: true, seconds: null };
  return {
    typeName: validateArtifactType(input.typeName),
    sequenceName: validateArtifactName(input.collectionName),
    digest: parseDigest(input.digest),
    description: input.description,
    metadata: parseMetadata(input.metadata),
    historyStep: input.historyStep,
    digestAlgorithm: input.digestAlgorithm,
    isTtlInherited: ttl.isInherited,
    ttlSeconds: ttl.seconds,
    distributedId: parseClientId(input.distributedId, "distributedID"),
    aliases: parseAliases(input.aliases, input.collectionName),
    tags: parseTags(input.tags),
    clientId: parseClientId(input.clientId, "clientID"),
    sequenceClientId: parseClientId(input.sequenceClientId, "sequenceClientID"),
    reuseCommitted: input.reuseCommitted,
  };
}

/** Checks a version's metadata and returns its text. Throws `invalid_argument` when it is not a JSON object. */
export function parseMetadata(metadata: string | null): string | null {
  if (metadata === null) return null;
  try {
    parseJsonObject(metadata);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `metadata is not a JSON object: ${reason}`;
    throw new ServerError("invalid_argument", message, { field: "metadata", cause: error });
  }
  return metadata;
}

/** Checks tags and returns them, each once. Throws `invalid_argument`. */
export function parseTags(tags: readonly string[]): readonly string[] {
  return [...new Set(limit(tags, "tags").map(validateArtifactTag))];
}

/** How long something lives. */
export interface Ttl {
  /** Whether something further away says it. */
  readonly isInherited: boolean;
  /** Null for ever. */
  readonly seconds: number | null;
}

/** Reads how long something is to live; undefined when nothing is said. Throws `invalid_argument`. */
export function parseTtl(seconds: number | null): Ttl | undefined {
  if (seconds === null || seconds === 0) return undefined;
  if (seconds === TTL_INHERITED) return { isInherited: true, seconds: null };
  if (seconds === TTL_OFF) return { isInherited: false, seconds: null };
  if (Number.isSafeInteger(seconds) && seconds > 0 && seconds <= MAX_TTL_SECONDS) {
    return { isInherited: false, seconds };
  }
  const message = `ttlDurationSeconds is ${seconds}; expected seconds, ${TTL_INHERITED} or ${TTL_OFF}`;
  throw new ServerError("invalid_argument", message, { field: "ttlDurationSeconds" });
}

/**
 * Checks aliases of a version's collection and returns them.
 *
 * @throws {ServerError | ProtocolError} `invalid_argument` for a bad alias, `unsupported` for another collection.
 */
export function parseAliases(aliases: readonly AliasInput[], collectionName: string): readonly string[] {
  const foreign = aliases.find((alias) => alias.collectionName !== collectionName);
  if (foreign !== undefined) {
    throw unsupported(`An alias in another collection ("${foreign.collectionName}") is`, "aliases");
  }
  return limit(aliases, "aliases").map(({ alias }) => parseAlias(alias));
}

function refuseUnsupported(input: ArtifactInput): void {
  if (input.storageRegion !== null && input.storageRegion !== "default") {
    throw unsupported(`The storage region "${input.storageRegion}" is`, "storageRegion");
  }
}

function parseClientId(id: string | null, field: string): string | null {
  if (id === null || id === "") return null;
  if (id.length <= MAX_CLIENT_ID_LENGTH) return id;
  const message = `${field} has ${id.length} characters; at most ${MAX_CLIENT_ID_LENGTH} are allowed`;
  throw new ServerError("invalid_argument", message, { field });
}

function limit<T>(items: readonly T[], field: string): readonly T[] {
  if (items.length <= MAX_NAMES) return items;
  throw new ServerError("invalid_argument", `At most ${MAX_NAMES} ${field} at once`, { field });
}

function unsupported(what: string, field: string): ServerError {
  return new ServerError("unsupported", `${what} not supported by this server`, { field });
}
