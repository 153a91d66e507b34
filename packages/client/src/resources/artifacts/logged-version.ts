/** A version as an answer of the server gives it, with the place that it was reached through. */
import { CommError } from "../../core/errors.ts";
import type {
  ArtifactFieldsFragment,
  CollectionPlaceFragment,
  MembershipFieldsFragment,
  PlacedAliasesFragment,
} from "../../generated/artifacts-documents.ts";
import { isVersion } from "./artifact-names.ts";
import type { CollectionAddress } from "./artifact-names.ts";

/** A logged version, as a member of one collection. */
export interface LoggedVersion {
  /** The collection that it was reached through. */
  readonly place: CollectionAddress;
  /** Name of the organization of that collection's entity; null when the server tells none. */
  readonly organization: string | null;
  /** What follows the colon of the name. */
  readonly suffix: string;
  /** `vN` in that collection. */
  readonly version: string;
  /** Where it was logged to. */
  readonly source: CollectionAddress;
  /** `vN` in the collection that it was logged to. */
  readonly sourceVersion: string;
  /** In that collection, `vN` left out. */
  readonly aliases: readonly string[];
  readonly fields: ArtifactFieldsFragment;
}

/** The place of a collection that an answer names. */
export function placeOf(
  collection: Pick<CollectionPlaceFragment, "name" | "project"> | null,
): CollectionAddress | null {
  if (collection?.project == null) return null;
  const { name, project } = collection;
  return { entity: project.entity.name, project: project.name, collection: name };
}

/**
 * Reads a version from a membership. The name keeps the alias that was asked for.
 *
 * @throws {CommError} when the answer names no version or no place.
 */
export function fromMembership(membership: MembershipFieldsFragment, suffix: string | null): LoggedVersion {
  const { artifact: fields, artifactCollection, versionIndex } = membership;
  const place = placeOf(artifactCollection);
  if (fields === null || place === null || artifactCollection === null)
    throw new CommError("Unexpected answer: a membership without a version or a project", {
      code: "invalid_response",
    });
  const names = membership.aliases.map(({ alias }) => alias);
  const version =
    names.find(isVersion) ?? (versionIndex === null ? sourceVersionOf(fields) : `v${versionIndex}`);
  return {
    place,
    organization: artifactCollection.project?.entity.organization?.name ?? null,
    suffix: suffix ?? version,
    version,
    source: sourceOf(fields),
    sourceVersion: sourceVersionOf(fields),
    aliases: names.filter((name) => !isVersion(name)),
    fields,
  };
}

/** Reads a version as a member of the collection that it was logged to. */
export function fromSource(fields: ArtifactFieldsFragment & PlacedAliasesFragment): LoggedVersion {
  const source = sourceOf(fields);
  const sourceVersion = sourceVersionOf(fields);
  return {
    place: source,
    organization: null,
    suffix: sourceVersion,
    version: sourceVersion,
    source,
    sourceVersion,
    aliases: fields.aliases
      .filter(({ artifactCollection }) => isSamePlace(placeOf(artifactCollection), source))
      .map(({ alias }) => alias)
      .filter((alias) => !isVersion(alias)),
    fields,
  };
}

/** Reads a version as a member of the collection whose list it came from. */
export function fromListed(
  place: CollectionAddress,
  version: string,
  fields: ArtifactFieldsFragment & PlacedAliasesFragment,
): LoggedVersion {
  const own = fromSource(fields);
  const aliases = fields.aliases
    .filter(({ artifactCollection }) => isSamePlace(placeOf(artifactCollection), place))
    .map(({ alias }) => alias);
  return {
    ...own,
    place,
    suffix: version,
    version,
    aliases: aliases.filter((alias) => !isVersion(alias)),
  };
}

function isSamePlace(a: CollectionAddress | null, b: CollectionAddress): boolean {
  return a?.entity === b.entity && a.project === b.project && a.collection === b.collection;
}

function sourceOf(fields: ArtifactFieldsFragment): CollectionAddress {
  const { name, project } = fields.artifactSequence;
  return { entity: project?.entity.name ?? "", project: project?.name ?? "", collection: name };
}

function sourceVersionOf(fields: ArtifactFieldsFragment): string {
  return `v${fields.versionIndex ?? 0}`;
}
