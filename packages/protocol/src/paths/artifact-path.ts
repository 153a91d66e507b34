/**
 * The grammar of artifact paths: `[[prefix/]project/]name[:suffix]`. What the suffix means (version, alias) and whose
 * name the prefix is (an entity, or an organisation for registries) is for the reader to decide.
 */
import { ProtocolError } from "../errors.ts";

/** The parts of an artifact path. */
export interface ArtifactPath {
  /** The entity, or for registries the organisation. */
  readonly prefix?: string;
  readonly project?: string;
  /** The collection's name, without the suffix. */
  readonly collection: string;
  /** The version (`v3`) or alias after the first colon; may itself hold slashes and colons. */
  readonly suffix?: string;
}

/**
 * Splits an artifact path. Everything from the first colon on belongs to the suffix.
 *
 * @throws {ProtocolError} `invalid_argument` for an empty part or more than three parts before the colon.
 */
export function parseArtifactPath(path: string): ArtifactPath {
  const colon = path.indexOf(":");
  const parts = (colon === -1 ? path : path.slice(0, colon)).split("/");
  const suffix = colon === -1 ? undefined : path.slice(colon + 1);
  if (parts.length > 3 || parts.includes("") || suffix === "") {
    const expected = "expected [[entity/]project/]name[:version or alias]";
    throw new ProtocolError("invalid_argument", `Invalid artifact path: '${path}' (${expected})`, {
      field: "path",
    });
  }
  const [collection = "", project, prefix] = parts.toReversed();
  return {
    collection,
    ...(project !== undefined && { project }),
    ...(prefix !== undefined && { prefix }),
    ...(suffix !== undefined && { suffix }),
  };
}
