/**
 * Manifest files: what a client says is in a version. They are kept as uploaded but for what only concerned the
 * client's own machine and what only the server knows.
 */
import { createHash } from "node:crypto";
import { isJsonObject, parseJsonObject, printJson, setOwn, validateFilePath } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import { parseMd5 } from "./md5.ts";

/** A manifest that was read and found sound. */
export interface Manifest {
  /** In the order of the file. */
  readonly entries: readonly ManifestEntry[];
  /** The digest of the version, in hexadecimal, as clients compute it. */
  readonly digest: string;
  readonly json: JsonObject;
}

/** A file or a reference of a version. */
export interface ManifestEntry {
  readonly path: string;
  /** MD5 in base64 for a file, anything for a reference. */
  readonly digest: string;
  /** Where a reference points; null for a file. */
  readonly ref: string | null;
  readonly sizeBytes: number | null;
}

const VERSION = 1;
const STORAGE_POLICY = "wandb-storage-policy-v1";
const DIGEST_HEADER = "wandb-artifact-manifest-v1\n";
const MAX_REFERENCE_PATH_LENGTH = 4_096;
const UNSAFE_IN_PATH = /\p{Cc}/u;

/**
 * Reads a manifest.
 *
 * @throws {ServerError} `invalid_argument` for anything that is not a whole manifest of version 1 with sound paths,
 *   digests and sizes; `unsupported` for other digests than MD5.
 */
export function parseManifest(text: string): Manifest {
  const json = parseJson(text);
  if (json["version"] !== VERSION) throw invalid(`its version is not ${VERSION}`);
  if (json["storagePolicy"] !== STORAGE_POLICY) throw invalid(`its storage policy is not ${STORAGE_POLICY}`);
  const contents = json["contents"];
  if (!isJsonObject(contents)) throw invalid("its contents are not an object");
  const entries = Object.entries(contents).map(([path, entry]) => parseEntry(path, entry));
  return { entries, digest: digestOf(entries), json };
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
  if (typeof digest !== "string") throw invalid(`the entry of ${quote(path)} has no digest`);
  if (ref !== null && typeof ref !== "string") throw invalid(`the ref of ${quote(path)} is not text`);
  if (size !== null && !(typeof size === "number" && Number.isSafeInteger(size) && size >= 0)) {
    throw invalid(`the size of ${quote(path)} is not a number of bytes`);
  }
  if (ref === null) {
    validateFilePath(path);
    refuseOtherDigests(path, extra);
    parseMd5(digest, `the digest of ${quote(path)}`);
  } else {
    checkReferencePath(path);
  }
  return { path, digest, ref, sizeBytes: size };
}

function refuseOtherDigests(path: string, extra: JsonValue | undefined): void {
  const algorithm = isJsonObject(extra) ? extra["alg"] : undefined;
  if (typeof algorithm !== "string" || algorithm === "MD5") return;
  throw new ServerError("unsupported", `The digest of ${quote(path)} is ${quote(algorithm)}; expected MD5`);
}

/** Names of references come from buckets, where empty segments and backslashes are ordinary. */
function checkReferencePath(path: string): void {
  const isOutside = path.startsWith("/") || path.split("/").some((part) => part === "." || part === "..");
  const isLong = path.length > MAX_REFERENCE_PATH_LENGTH;
  if (path === "" || isLong || isOutside || UNSAFE_IN_PATH.test(path) || !path.isWellFormed()) {
    throw invalid(`${quote(path)} is not a path inside the artifact`);
  }
}

/** Paths are sorted by code points, as clients do; JavaScript's own order is by UTF-16 units. */
function digestOf(entries: readonly ManifestEntry[]): string {
  const lines = entries.map(({ path, digest }) => ({ key: Buffer.from(path), digest }));
  lines.sort((a, b) => Buffer.compare(a.key, b.key));
  const hash = createHash("md5").update(DIGEST_HEADER);
  for (const { key, digest } of lines) hash.update(key).update(`:${digest}\n`);
  return hash.digest("hex");
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function invalid(reason: string): ServerError {
  return new ServerError("invalid_argument", `The manifest cannot be used: ${reason}`);
}
