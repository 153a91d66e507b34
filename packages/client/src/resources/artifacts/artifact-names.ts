/** Names of versions: `collection:v3` or `collection:alias`. */

const VERSION = /^v\d+$/;

/** Whether a suffix is a version number rather than an alias. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Splits a name at its first colon. */
export function splitArtifactName(name: string): {
  readonly collection: string;
  readonly suffix: string | null;
} {
  const colon = name.indexOf(":");
  if (colon === -1) return { collection: name, suffix: null };
  return { collection: name.slice(0, colon), suffix: name.slice(colon + 1) };
}

/** Where a collection is. */
export interface CollectionAddress {
  readonly entity: string;
  readonly project: string;
  readonly collection: string;
}
