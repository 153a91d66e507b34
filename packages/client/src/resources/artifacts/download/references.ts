/**
 * What references point to. Files of other artifacts come from the server; addresses of the web and files of this machine
 * were chosen by whoever wrote the artifact, so they are fetched only when the caller asks for it.
 */
import { bytesToBase64, hexToBase64 } from "../../../core/digests/encoding.ts";
import { UnsupportedError, ValueError } from "../../../core/errors.ts";
import { chunksOf } from "../../../core/stream-chunks.ts";
import { ARTIFACT_SCHEME } from "../manifest/artifact-manifest-entry.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { digestMismatch } from "./digest-mismatch.ts";
import { fileRequest } from "./fetch-file.ts";
import type { FetchParts } from "./fetch-file.ts";

/** A reference that was read. */
export type Reference =
  /** A file of another artifact: its id and the path there. */
  | { readonly kind: "artifact"; readonly id: string; readonly path: string }
  /** An address of the web. */
  | { readonly kind: "web"; readonly url: string }
  /** A file of the machine that wrote the artifact. */
  | { readonly kind: "file"; readonly path: string }
  /** A bucket or whatever else; this client has no library for it. */
  | { readonly kind: "other"; readonly scheme: string };

/** Reads the address of a reference. */
export function parseReference(ref: string): Reference {
  const [, scheme = "", rest = ""] = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/(.*)$/s.exec(ref) ?? [];
  switch (scheme.toLowerCase()) {
    case ARTIFACT_SCHEME: {
      const slash = rest.indexOf("/");
      const id = slash === -1 ? null : hexToBase64(rest.slice(0, slash));
      return id === null ? { kind: "other", scheme } : { kind: "artifact", id, path: rest.slice(slash + 1) };
    }
    case "http":
    case "https":
      return { kind: "web", url: ref };
    case "file":
      return { kind: "file", path: rest };
    default:
      return { kind: "other", scheme: scheme === "" ? "a path" : scheme };
  }
}

/**
 * Checks that a reference can be followed at all.
 *
 * @throws {UnsupportedError} for buckets and other stores that this client has no library for.
 */
export function checkReference(entry: ArtifactManifestEntry): void {
  if (parseReference(entry.refTarget()).kind !== "other") return;
  throw new UnsupportedError(
    `The reference ${JSON.stringify(entry.path)} cannot be followed: fetch ${entry.refTarget()} with a client for it`,
  );
}

/**
 * Opens what a web or file reference points to. The content is checked against the digest as far as that is possible:
 * the MD5 of a file, the ETag of an address.
 *
 * @throws {ValueError} when the content has changed since the reference was made.
 * @throws {UnsupportedError} for buckets, and for files where there is no disk.
 */
export async function* openReference(
  parts: FetchParts,
  entry: ArtifactManifestEntry,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reference = parseReference(entry.refTarget());
  switch (reference.kind) {
    case "web":
      yield* openWeb(parts, entry, reference.url);
      return;
    case "file":
      yield* openFile(parts, entry, reference.path);
      return;
    case "artifact":
    case "other":
      checkReference(entry);
  }
}

async function* openWeb(
  { service, signal }: FetchParts,
  entry: ArtifactManifestEntry,
  url: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const request = fileRequest(entry.path, url, signal);
  const { bytes, etag } = await service.http.send(request, async (answer) => ({
    bytes: await answer.bytes(),
    etag: answer.headers.get("etag"),
  }));
  const found = etag ?? url;
  const isSame = entry.digest === found || entry.digest === found.replaceAll('"', "") || entry.digest === url;
  if (!isSame) throw digestMismatch(entry, found, "What the address of the reference holds now");
  yield bytes;
}

async function* openFile(
  { service }: FetchParts,
  entry: ArtifactManifestEntry,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { disk, createHasher } = service.platform;
  if (disk === null) throw new UnsupportedError("This runtime has no disk to read file references from");
  const local = path.startsWith("/") || /^[a-zA-Z]:/.test(path) ? path : `/${path}`;
  if ((await disk.entry(local))?.kind !== "file")
    throw new ValueError(
      `The reference ${JSON.stringify(entry.path)} points to ${local}, which is not there`,
    );
  const hasher = await createHasher("MD5");
  for await (const bytes of chunksOf(disk.read(local))) {
    hasher.update(bytes);
    yield bytes;
  }
  const found = bytesToBase64(hasher.digest());
  if (entry.digest !== found && entry.digest !== entry.ref) {
    throw digestMismatch(entry, found, "The file of the reference");
  }
}
