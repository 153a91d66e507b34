/** What is known of an artifact, and which of it was changed locally. The half of `Artifact` that never asks the server. */
import { isJsonObject, printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { UsageError } from "../../core/errors.ts";
import { parseObjectText } from "../../core/json-text.ts";
import type { LoggedVersion } from "./logged-version.ts";

/** Values that a writer may change key by key. */
export interface MetadataValues {
  [key: string]: JsonValue;
}

/** How long a version is kept: seconds, null for ever, or as its collection says. */
export type ArtifactTtl = number | null | "inherit";

/** Keeps a version as long as its collection says. Mirrors `ArtifactTTL.INHERIT`. */
export const TTL_INHERIT = "inherit";

/** The fields of an artifact. Those that are plain properties may be changed and are written by `artifact.save()`. */
export class ArtifactRecord {
  /** Free text. */
  description: string | null = null;
  /** Values about the content; change them key by key or as a whole. */
  metadata: MetadataValues = {};
  /** Labels. */
  tags: string[] = [];
  /** Movable names in the collection, without `vN`. */
  aliases: string[] = [];
  /**
   * How long the version is kept, in seconds from its creation; null for ever; `"inherit"` (only to be set) for what
   * the collection says. Mirrors `ttl`, which is a timedelta.
   */
  ttlSeconds: ArtifactTtl = null;
  #logged: LoggedVersion | null = null;
  #saved: SavedFields = NOTHING_SAVED;

  /** Server's global id; null for a draft. */
  get id(): string | null {
    return this.#logged?.fields.id ?? null;
  }

  /** Whether the artifact is not logged yet. Mirrors `is_draft`. */
  isDraft(): boolean {
    return this.#logged === null;
  }

  /** The entity of the collection that the version was reached through. @throws {UsageError} for a draft. */
  get entity(): string {
    return this.logged.place.entity;
  }

  /** The project of the collection that the version was reached through. @throws {UsageError} for a draft. */
  get project(): string {
    return this.logged.place.project;
  }

  /** `vN` in the collection that the version was reached through. @throws {UsageError} for a draft. */
  get version(): string {
    return this.logged.version;
  }

  /** Entity, project and name. Mirrors `qualified_name`. @throws {UsageError} for a draft. */
  get qualifiedName(): string {
    const { place, suffix } = this.logged;
    return `${place.entity}/${place.project}/${place.collection}:${suffix}`;
  }

  /** The entity that the version was logged to. Mirrors `source_entity`. @throws {UsageError} for a draft. */
  get sourceEntity(): string {
    return this.logged.source.entity;
  }

  /** The project that the version was logged to. Mirrors `source_project`. @throws {UsageError} for a draft. */
  get sourceProject(): string {
    return this.logged.source.project;
  }

  /** Collection and version where it was logged to. Mirrors `source_name`. @throws {UsageError} for a draft. */
  get sourceName(): string {
    return `${this.logged.source.collection}:${this.logged.sourceVersion}`;
  }

  /** Entity, project and name where it was logged to. Mirrors `source_qualified_name`. @throws {UsageError} for a draft. */
  get sourceQualifiedName(): string {
    return `${this.sourceEntity}/${this.sourceProject}/${this.sourceName}`;
  }

  /** `vN` where it was logged to. Mirrors `source_version`. @throws {UsageError} for a draft. */
  get sourceVersion(): string {
    return this.logged.sourceVersion;
  }

  /** Whether the version was reached through another collection than the one it was logged to. Mirrors `is_link`. */
  get isLink(): boolean {
    if (this.#logged === null) return false;
    const { place, source } = this.#logged;
    return (
      place.entity !== source.entity ||
      place.project !== source.project ||
      place.collection !== source.collection
    );
  }

  /** PENDING while it is made, COMMITTED, or DELETED. */
  get state(): string {
    return this.#logged?.fields.state ?? "PENDING";
  }

  /** Digest over the manifest, in hexadecimal; null for a draft, see `manifest().digest()`. */
  get digest(): string | null {
    return this.#logged?.fields.digest ?? null;
  }

  /** Size of all files in bytes. @throws {UsageError} for a draft, see `manifest().size()`. */
  get size(): number {
    return Number(this.logged.fields.size);
  }

  /** Number of files. Mirrors `file_count`. @throws {UsageError} for a draft. */
  get fileCount(): number {
    return this.logged.fields.fileCount;
  }

  /** What the server called the commit. Mirrors `commit_hash`. @throws {UsageError} for a draft. */
  get commitHash(): string | null {
    return this.logged.fields.commitHash;
  }

  /** When the version was created. Mirrors `created_at`. @throws {UsageError} for a draft. */
  get createdAt(): Date {
    return parseInstant(this.logged.fields.createdAt, "artifact.createdAt");
  }

  /** The same instant as the server wrote it. @throws {UsageError} for a draft. */
  get createdAtText(): string {
    return this.logged.fields.createdAt;
  }

  /** When the version last changed; when it was created if never. Mirrors `updated_at`. @throws {UsageError} for a draft. */
  get updatedAt(): Date {
    return parseInstantOrNull(this.logged.fields.updatedAt, "artifact.updatedAt") ?? this.createdAt;
  }

  /** The same instant as the server wrote it. @throws {UsageError} for a draft. */
  get updatedAtText(): string {
    return this.logged.fields.updatedAt ?? this.logged.fields.createdAt;
  }

  /** The last step of the run's history when the version was logged; null if there was none. Mirrors `history_step`. */
  get historyStep(): number | null {
    const step = this.#logged?.fields.historyStep ?? null;
    return step === null ? null : Math.max(0, Number(step) - 1);
  }

  /** Whether `ttlSeconds` is what the collection says. @throws {UsageError} for a draft. */
  get isTtlInherited(): boolean {
    return this.logged.fields.ttlIsInherited;
  }

  /** The logged version. @throws {UsageError} for a draft. @internal */
  get logged(): LoggedVersion {
    if (this.#logged === null) throw new UsageError("The artifact is not logged yet");
    return this.#logged;
  }

  /** Takes over what the server says, and drops local changes. @internal */
  apply(version: LoggedVersion): void {
    const { fields, aliases } = version;
    const ttl = Number(fields.ttlDurationSeconds);
    const saved: SavedFields = {
      description: fields.description,
      metadata: parseObjectText(fields.metadata, "artifact.metadata"),
      tags: fields.tags.map(({ name }) => name),
      aliases,
      ttlSeconds: ttl > 0 ? ttl : null,
    };
    this.#logged = version;
    this.#saved = saved;
    this.description = saved.description;
    this.metadata = copyOf(saved.metadata);
    this.tags = [...saved.tags];
    this.aliases = [...saved.aliases];
    this.ttlSeconds = saved.ttlSeconds;
  }

  /** What was changed since the server last said something. @internal */
  localChanges(): LocalChanges {
    const saved = this.#saved;
    const metadataText = printJson(this.metadata);
    return {
      ...(this.description !== saved.description && { description: this.description ?? "" }),
      ...(metadataText !== printJson(saved.metadata) && { metadata: metadataText }),
      ...(this.ttlSeconds !== saved.ttlSeconds && { ttlDurationSeconds: ttlNumber(this.ttlSeconds) }),
      tagsToAdd: missing(this.tags, saved.tags),
      tagsToDelete: missing(saved.tags, this.tags),
      aliasesToAdd: missing(this.aliases, saved.aliases),
      aliasesToDelete: missing(saved.aliases, this.aliases),
    };
  }
}

/** What differs from the server's side; texts that are absent are unchanged. @internal */
export interface LocalChanges {
  readonly description?: string;
  readonly metadata?: string;
  /** Seconds, -1 for the collection's, -2 for none. */
  readonly ttlDurationSeconds?: number;
  readonly tagsToAdd: readonly string[];
  readonly tagsToDelete: readonly string[];
  readonly aliasesToAdd: readonly string[];
  readonly aliasesToDelete: readonly string[];
}

interface SavedFields {
  readonly description: string | null;
  readonly metadata: JsonObject;
  readonly tags: readonly string[];
  readonly aliases: readonly string[];
  readonly ttlSeconds: number | null;
}

const NOTHING_SAVED: SavedFields = {
  description: null,
  metadata: {},
  tags: [],
  aliases: [],
  ttlSeconds: null,
};

/** How the wire writes how long a version is kept. @internal */
export function ttlNumber(ttl: ArtifactTtl): number {
  if (ttl === TTL_INHERIT) return -1;
  return ttl ?? -2;
}

function missing(wanted: readonly string[], present: readonly string[]): string[] {
  return wanted.filter((name) => !present.includes(name));
}

/** A deep copy of the objects of a value: changing it leaves the original alone. */
function copyOf(object: JsonObject): MetadataValues {
  const copy: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(object))
    setOwn(copy, key, isJsonObject(value) ? copyOf(value) : value);
  return copy;
}
