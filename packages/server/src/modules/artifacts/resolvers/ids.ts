/** Global ids in arguments. */
import { decodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";

/** The number of a global id of one type; undefined when it is the id of something else. Throws `invalid_argument`. */
export function findNumber(id: string, expectedType: string): number | undefined {
  const { type, numbers } = decodeGlobalId(id);
  return type === expectedType && numbers.length === 1 ? numbers[0] : undefined;
}

/** The number of a collection's global id, whatever its kind; undefined when it is the id of something else. */
export function findCollectionNumber(id: string): number | undefined {
  return findNumber(id, "ArtifactSequence") ?? findNumber(id, "ArtifactPortfolio");
}

/** The number of an artifact's global id. Throws `invalid_argument`, or `not_found` when it is the id of something else. */
export function requireArtifactNumber(id: string): number {
  const number = findNumber(id, "Artifact");
  if (number !== undefined) return number;
  throw new ServerError("not_found", `"${id}" is not the id of an artifact`, { field: "artifactID" });
}

/** The number of a sequence's global id. Throws `invalid_argument`, or `not_found` when it is the id of something else. */
export function requireSequenceNumber(id: string): number {
  const number = findNumber(id, "ArtifactSequence");
  if (number !== undefined) return number;
  throw new ServerError("not_found", `"${id}" is not the id of a sequence`, { field: "artifactSequenceID" });
}

/** The number of a manifest's global id. Throws as the others do. */
export function requireManifestNumber(id: string): number {
  const number = findNumber(id, "ArtifactManifest");
  if (number !== undefined) return number;
  throw new ServerError("not_found", `"${id}" is not the id of a manifest`, { field: "artifactManifestID" });
}
