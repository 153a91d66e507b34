/**
 * Manifest files: what a client says is in a version. They are kept as uploaded but for what only concerned the
 * client's own machine and what only the server knows.
 */
import { createHash } from "node:crypto";
import { isJsonObject, parseJsonObject, printJson, setOwn, validateFilePath } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { DigestAlgorithm } from "./artifact.ts";
import { parseMd5 } from "./md5.ts";
import { xxh128OfTexts } from "./xxh128.ts";

/** A manifest that was read and found sound. */
export interface Manifest {
  /** In the order of the file. */
  readonly entries: readonly ManifestEntry[];
  readonly json: JsonObject;
}

/** A file or a reference of a version. */
export interface ManifestEntry {
  readonly path: string;
  /** MD5 or XXH128 in base64 for a file, anything for a reference. */
  readonly digest: string;
  /** What the digest of a file is. */
  readonly algorithm: FileDigestAlgorithm;
  /** Where a reference points; null for a file. */
  readonly ref: string | null;
  readonly sizeBytes: number | null;
}

/** Digests of files, as manifests name them. */
export type FileDigestAlgorithm = "MD5" | "XXH128";

const VERSION = 1;
const STORAGE_POLICY = "wandb-storage-policy-v1";
const DIGEST_HEADER = "wandb-artifact-manifest-v1\n";
const MAX_REFERENCE_PATH_LENGTH = 4_096;
const UNSAFE_IN_PATH = /\p{Cc}/u;

/**
 * Reads a manifest.
 *
 * @throws {ServerError} `invalid_argument` for anything that is not a whole manifest of version 1 with sound paths,
 *   digests and sizes; `unsupported` for other digests than MD5 and XXH128.
 */
export function parseManifest(text: string): Manifest {
  const json = parseJson(text);
  if (json["version"] !== VERSION) throw invalid(`its version is not ${VERSION}`);
  if (json["storagePolicy"] !== STORAGE_POLICY) throw invalid(`its storage policy is not ${STORAGE_POLICY}`);
  const contents = json["contents"];
  if (!isJsonObject(contents)) throw invalid("its contents are not an object");
  const entries = Object.entries(contents).map(([path, entry]) => parseEntry(path, entry));
  return { entries, json };
}

/** The digest of a version, in hexadecimal, as clients compute it. */
export async function digestOfManifest({ entries }: Manifest, algorithm: DigestAlgorithm): Promise<string> {
  // Paths are sorted by code points, as clients do; JavaScript's own order is by UTF-16 units.
  const sorted = entries.map(({ path, digest }) => ({ key: Buffer.from(path), digest }));
  sorted.sort((a, b) => Buffer.compare(a.key, b.key));
  const texts = [DIGEST_HEADER, ...sorted.map(({ key, digest }) => `${key.toString()}:${digest}\n`)];
  if (algorithm === "MANIFEST_XXH128") return xxh128OfTexts(texts);
  const hash = createHash("md5");
  for (const text of texts) hash.update(text);
  return hash.digest("hex");
}

/**
 * The whole manifest of what several say one after the other: a later entry takes the place of an earlier one of the
 * same path. Everything but the contents is the last one's.
 */
export function mergeManifests(first: Manifest, ...others: readonly Manifest[]): Manifest {
  let merged = first;
  for (const next of others) {
    const paths = new Set(next.entries.map((entry) => entry.path));
    const contents: Record<string, JsonValue> = {};
    for (const { json } of [merged, next]) {
      const own = json["contents"];
      if (!isJsonObject(own)) continue;
      for (const [path, entry] of Object.entries(own)) setOwn(contents, path, entry);
    }
    merged = {
      entries: [...merged.entries.filter(({ path }) => !paths.has(path)), ...next.entries],
      json: { ...next.json, contents },
    };
  }
  return merged;
}

/**
 * The text of a manifest without paths on the client's machine and with the birth of every file filled in; undefined
 * when that changes nothing.
 */
export function completeManifest(
  { json }: Manifest,
  birthIdOf: (path: string) => string | undefined,
): string | undefined {
  const before = json["contents"];
  if (!isJsonObject(before)) return undefined;
  let isChanged = false;
  const contents: Record<string, JsonValue> = {};
  for (const [path, entry] of Object.entries(before)) {
    const completed = isJsonObject(entry) ? completeEntry(entry, birthIdOf(path)) : entry;
    isChanged ||= completed !== entry;
    setOwn(contents, path, completed);
  }
  return isChanged ? printJson({ ...json, contents }) : undefined;
}

function completeEntry(entry: JsonObject, birthId: string | undefined): JsonObject {
  const isBorn = birthId === undefined || typeof entry["birthArtifactID"] === "string";
  if (isBorn && !Object.hasOwn(entry, "local_path")) return entry;
  const completed: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(entry)) {
    if (key !== "local_path") setOwn(completed, key, value);
  }
  if (!isBorn) completed["birthArtifactID"] = birthId;
  return completed;
}

function parseJson(text: string): JsonObject {
  try {
    return parseJsonObject(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerError("invalid_argument", `The manifest is not JSON: ${reason}`, { cause: error });
  }
}

function parseEntry(path: string, entry: JsonValue): ManifestEntry {
  if (!isJsonObject(entry)) throw invalid(`the entry of ${quote(path)} is not an object`);
  const { digest, ref = null, size = null, extra } = entry;
  const algorithm = ref === null ? parseAlgorithm(path, extra) : "MD5";
  if (typeof digest !== "string") throw invalid(`the entry of ${quote(path)} has no digest`);
  if (ref !== null && typeof ref !== "string") throw invalid(`the ref of ${quote(path)} is not text`);
  if (size !== null && !(typeof size === "number" && Number.isSafeInteger(size) && size >= 0)) {
    throw invalid(`the size of ${quote(path)} is not a number of bytes`);
  }
  if (ref === null) {
    validateFilePath(path);
    parseMd5(digest, `the digest of ${quote(path)}`);
  } else {
    checkReferencePath(path);
  }
  return { path, digest, algorithm, ref, sizeBytes: size };
}

/** An entry that does not say what its digest is has an MD5. Both kinds are 16 bytes. */
function parseAlgorithm(path: string, extra: JsonValue | undefined): FileDigestAlgorithm {
  const algorithm = isJsonObject(extra) ? extra["alg"] : undefined;
  if (typeof algorithm !== "string" || algorithm === "MD5") return "MD5";
  if (algorithm === "XXH128") return "XXH128";
  const message = `The digest of ${quote(path)} is ${quote(algorithm)}; expected MD5 or XXH128`;
  throw new ServerError("unsupported", message);
}

/** Names of references come from buckets, where empty segments and backslashes are ordinary. */
function checkReferencePath(path: string): void {
  const isOutside = path.startsWith("/") || path.split("/").some((part) => part === "." || part === "..");
  const isLong = path.length > MAX_REFERENCE_PATH_LENGTH;
  if (path === "" || isLong || isOutside || UNSAFE_IN_PATH.test(path) || !path.isWellFormed()) {
    throw invalid(`${quote(path)} is not a path inside the artifact`);
  }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function invalid(reason: string): ServerError {
  return new ServerError("invalid_argument", `The manifest cannot be used: ${reason}`);
}
