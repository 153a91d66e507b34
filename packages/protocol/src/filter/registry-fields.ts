/** The fields of registries, collections and their versions, under the spellings of both of W&B's searches. */
import type { JsonObject, JsonValue } from "../json/value.ts";
import type { FilterField } from "./filter-field.ts";
import { FilterError } from "./filter-error.ts";
import { KeyPath } from "./key-path.ts";
import { MAX_FIELD_DOTS } from "./limits.ts";

/** One registry as filters and orders see it. */
export interface RegistryDocument {
  /** The internal id; breaks ties. */
  readonly id: number;
  /** The name of its project, prefix included. */
  readonly name: string;
  readonly entityId: number;
  readonly description: string | null;
  /** ISO 8601, UTC, milliseconds, like all instants here. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One artifact collection as filters and orders see it. */
export interface CollectionDocument {
  /** The internal id; breaks ties. */
  readonly id: number;
  readonly globalId: string;
  readonly name: string;
  readonly description: string | null;
  readonly type: string;
  readonly tags: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One artifact version, as a member of a collection, as filters and orders see it. */
export interface VersionDocument {
  /** The internal id of the membership; breaks ties. */
  readonly id: number;
  readonly artifactId: number;
  readonly globalId: string;
  /** The number in the collection. */
  readonly versionIndex: number;
  readonly state: string;
  readonly digest: string;
  readonly tags: readonly string[];
  /** The aliases in the collection, without v and the number. */
  readonly aliases: readonly string[];
  readonly metadata: JsonObject;
  readonly description: string | null;
  readonly sizeBytes: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When the version joined the collection. */
  readonly linkedAt: string;
}

const REGISTRY_FIELDS = fields<RegistryDocument>([
  [["id", "project_id"], value((registry) => registry.id)],
  [["name"], value((registry) => registry.name)],
  [["entity_id"], value((registry) => registry.entityId)],
  [["description"], value((registry) => registry.description)],
  [["created_at", "createdAt"], date((registry) => registry.createdAt)],
  [["updated_at", "updatedAt"], date((registry) => registry.updatedAt)],
]);

const COLLECTION_FIELDS = fields<CollectionDocument>([
  [["id", "collection_id", "artifact_collection_id"], list(({ id, globalId }) => [id, globalId])],
  [["name", "collection_name", "artifact_collection_name"], value((collection) => collection.name)],
  [["type"], value((collection) => collection.type)],
  [["tag", "tags"], list((collection) => collection.tags)],
  [["description"], value((collection) => collection.description)],
  [["created_at", "createdAt"], date((collection) => collection.createdAt)],
  [["updated_at", "updatedAt"], date((collection) => collection.updatedAt)],
]);

const VERSION_FIELDS = fields<VersionDocument>([
  [["id", "artifact_id"], list(({ artifactId, globalId }) => [artifactId, globalId])],
  [["version", "version_index", "versionIndex"], list(({ versionIndex: n }) => [n, `v${n}`])],
  [["state"], value((version) => version.state)],
  [["digest"], value((version) => version.digest)],
  [["tag", "tags"], list((version) => version.tags)],
  [["alias", "aliases"], list((version) => version.aliases)],
  [["metadata", "artifact_metadata"], value((version) => version.metadata)],
  [["description"], value((version) => version.description)],
  [["artifact_size", "size"], value((version) => version.sizeBytes)],
  [["created_at", "createdAt", "artifact_created_at"], date((version) => version.createdAt)],
  [["updated_at", "updatedAt"], date((version) => version.updatedAt)],
  [["linked_at", "acm_created_at"], date((version) => version.linkedAt)],
]);

const METADATA_PREFIX = /^(?:artifact_)?metadata\.(?=.)/;

/** Finds a field of registries. Throws `FilterError` naming it when there is none. */
export function resolveRegistryField(name: string): FilterField<RegistryDocument> {
  return find(REGISTRY_FIELDS, name, "registry");
}

/** Finds a field of collections. Throws `FilterError` naming it when there is none. */
export function resolveCollectionField(name: string): FilterField<CollectionDocument> {
  return find(COLLECTION_FIELDS, name, "collection");
}

/** Finds a field of versions; `metadata.x.y` is a key of the metadata. Throws `FilterError` when there is none. */
export function resolveVersionField(name: string): FilterField<VersionDocument> {
  const [prefix] = METADATA_PREFIX.exec(name) ?? [];
  if (prefix === undefined) return find(VERSION_FIELDS, name, "version");
  const key = name.slice(prefix.length);
  if (key.split(".").length > MAX_FIELD_DOTS) {
    throw new FilterError(`A field may have at most ${MAX_FIELD_DOTS} dots`, name);
  }
  const path = new KeyPath(key);
  return value((version) => path.read(version.metadata) ?? null);
}

function fields<D>(
  entries: readonly (readonly [names: readonly string[], field: FilterField<D>])[],
): ReadonlyMap<string, FilterField<D>> {
  return new Map(entries.flatMap(([names, field]) => names.map((name) => [name, field] as const)));
}

function value<D>(read: (document: D) => JsonValue): FilterField<D> {
  return { kind: "value", read: (document) => read(document) ?? undefined };
}

function date<D>(read: (document: D) => string): FilterField<D> {
  return { kind: "date", read };
}

function list<D>(read: (document: D) => readonly JsonValue[]): FilterField<D> {
  return { kind: "list", read };
}

function find<D>(known: ReadonlyMap<string, FilterField<D>>, name: string, of: string): FilterField<D> {
  const field = known.get(name);
  if (field !== undefined) return field;
  const shown = JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
  throw new FilterError(
    `Unknown ${of} field ${shown}: expected one of ${[...known.keys()].join(", ")}`,
    name,
  );
}
