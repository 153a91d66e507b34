/** The names by which versions are asked for, and the rules for new ones. */
import { validateArtifactName } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { VersionSelector } from "./artifact-store.ts";

/** What a name asks for: a collection and ways to read the part after the colon, to be tried in turn. */
export interface ArtifactReference {
  readonly collection: string;
  readonly versions: readonly VersionSelector[];
}

const LATEST = "latest";
const VERSION = /^v(0|[1-9]\d{0,9})$/;
const DIGEST = /^[0-9a-f]{32}$/;

/** Reads `collection`, `collection:alias`, `collection:v3` or `collection:digest`. */
export function parseArtifactReference(name: string): ArtifactReference {
  const colon = name.indexOf(":");
  if (colon === -1) return { collection: name, versions: parseVersion(LATEST) };
  return { collection: name.slice(0, colon), versions: parseVersion(name.slice(colon + 1)) };
}

/** Reads an alias, v and a number, or a digest. */
export function parseVersion(text: string): readonly VersionSelector[] {
  const [, index] = VERSION.exec(text) ?? [];
  if (index !== undefined) return [{ kind: "index", versionIndex: Number(index) }];
  const alias = { kind: "alias", alias: text } as const;
  return DIGEST.test(text) ? [alias, { kind: "digest", digest: text }] : [alias];
}

/**
 * Checks a new alias and returns it.
 *
 * @throws {ServerError} `invalid_argument` for what a name cannot hold, and for v with a number, which the server
 *   gives itself.
 */
export function parseAlias(alias: string): string {
  if (VERSION.test(alias)) {
    const message = `"${alias}" cannot be an alias: v with a number stands for the version of that number`;
    throw new ServerError("invalid_argument", message, { field: "aliases" });
  }
  return validateArtifactName(alias);
}

/** Checks the digest of a version and returns it. Throws `invalid_argument`. */
export function parseDigest(digest: string): string {
  if (DIGEST.test(digest)) return digest;
  const message = `digest is ${JSON.stringify(digest.slice(0, 64))}; expected an MD5 in hexadecimal`;
  throw new ServerError("invalid_argument", message, { field: "digest" });
}
