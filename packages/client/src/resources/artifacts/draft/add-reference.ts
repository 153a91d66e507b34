/** Entries that point elsewhere: to files of other artifacts, to the web, to files of this machine, to anything. */
import { base64Digest, base64DigestOfStream } from "../../../core/digests/digest.ts";
import { CommError, UnsupportedError, UsageError, ValueError } from "../../../core/errors.ts";
import type { Fetch } from "../../../core/http.ts";
import type { Platform } from "../../../core/platform.ts";
import { chunksOf } from "../../../core/stream-chunks.ts";
import { parseReference } from "../download/references.ts";
import { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { checkManifestPath, toManifestPath } from "../manifest/manifest-path.ts";

const DEFAULT_MAX_OBJECTS = 10_000_000;

/** Options of `artifact.addReference`. */
export interface AddReferenceOptions {
  /** Path inside the artifact; for a folder, the folder. @default the last part of the address */
  readonly name?: string;
  /** Whether the content is looked at, so that a change of it is noticed. @default true */
  readonly checksum?: boolean;
  /** How many files of a folder at most. @default 10000000 */
  readonly maxObjects?: number;
  /** Sends the request that looks at an address of the web. @default the runtime's `fetch` */
  readonly fetch?: Fetch;
}

/**
 * The entries of a reference; a folder has many.
 *
 * @throws {ValueError} when the address has no scheme, or nothing is there.
 * @throws {UnsupportedError} for checksums of stores that this client has no library for.
 */
export async function referenceEntries(
  target: string | ArtifactManifestEntry,
  options: AddReferenceOptions,
  platform: Platform,
): Promise<ArtifactManifestEntry[]> {
  if (typeof target !== "string") return [await entryReference(target, options.name)];
  if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(target))
    throw new ValueError(
      `${JSON.stringify(target)} is no address: expected a scheme such as https:// or file://`,
    );
  const reference = parseReference(target);
  switch (reference.kind) {
    case "artifact":
      throw new UsageError(
        "A file of another artifact is added by its entry: addReference(await other.getEntry(path))",
      );
    case "web":
      return [await webReference(target, options)];
    case "file":
      return fileReferences(target, reference.path, options, platform);
    case "other":
      return [otherReference(target, reference.scheme, options)];
  }
}

/** Points to where the content really is, however many references are in between. */
async function entryReference(
  entry: ArtifactManifestEntry,
  name: string | undefined,
): Promise<ArtifactManifestEntry> {
  const source = entry.reader === null ? entry : await entry.reader.follow(entry);
  const path = pathOf(name ?? baseName(source.path));
  return new ArtifactManifestEntry({ path, digest: source.digest, ref: source.refUrl(), size: 0 });
}

async function webReference(url: string, options: AddReferenceOptions): Promise<ArtifactManifestEntry> {
  const path = pathOf(options.name ?? baseName(url));
  if (options.checksum === false) return new ArtifactManifestEntry({ path, ref: url, digest: url });
  const send = options.fetch ?? ((address, init) => fetch(address, init));
  const response = await send(url, { method: "GET" });
  await response.body?.cancel();
  if (!response.ok)
    throw new CommError(`${url} answers ${response.status}; pass checksum: false to add it unseen`, {
      status: response.status,
    });
  const etag = response.headers.get("etag");
  const length = response.headers.get("content-length");
  return new ArtifactManifestEntry({
    path,
    ref: url,
    digest: etag === null ? url : etag.replaceAll(/^"+|"+$/g, ""),
    size: length === null ? null : Number(length),
    extra: etag === null ? {} : { etag },
  });
}

async function fileReferences(
  url: string,
  path: string,
  options: AddReferenceOptions,
  platform: Platform,
): Promise<ArtifactManifestEntry[]> {
  const { disk, createHasher } = platform;
  if (disk === null) throw new UnsupportedError("This runtime has no disk to look at file references");
  const digestOf = (local: string): Promise<string> =>
    options.checksum === false
      ? base64Digest(new TextEncoder().encode(fileUrl(local)), "MD5", createHasher)
      : base64DigestOfStream(chunksOf(disk.read(local)), "MD5", createHasher);
  const found = await disk.entry(path);
  if (found?.kind === "file") {
    const name = pathOf(options.name ?? baseName(path));
    return [
      new ArtifactManifestEntry({
        path: name,
        ref: url,
        digest: await digestOf(path),
        size: found.sizeBytes,
      }),
    ];
  }
  if (found?.kind !== "folder") throw new ValueError(`${path} is neither a file nor a folder`);
  const entries: ArtifactManifestEntry[] = [];
  const prefix = options.name === undefined ? "" : `${options.name}/`;
  for await (const file of disk.files(path, { followLinks: true })) {
    if (entries.length >= (options.maxObjects ?? DEFAULT_MAX_OBJECTS))
      throw new ValueError(`${path} holds more than ${entries.length} files; raise maxObjects to add them`);
    const ref = `${url.replace(/\/+$/, "")}/${file.name}`;
    const digest = await digestOf(file.path);
    entries.push(
      new ArtifactManifestEntry({ path: pathOf(prefix + file.name), ref, digest, size: file.sizeBytes }),
    );
  }
  return entries;
}

/** A store that nobody here can look into: the address is all there is. */
function otherReference(url: string, scheme: string, options: AddReferenceOptions): ArtifactManifestEntry {
  const isBucket = ["s3", "gs", "az"].includes(scheme.toLowerCase());
  if (isBucket && options.checksum !== false) {
    throw new UnsupportedError(
      `${url} needs a library of its store to be looked at; pass checksum: false to add it unseen`,
    );
  }
  if (options.name === undefined && !isBucket)
    throw new ValueError(`A reference with the scheme ${scheme} needs a name`);
  return new ArtifactManifestEntry({ path: pathOf(options.name ?? baseName(url)), ref: url, digest: url });
}

/** The address of a local file as Python prints it. */
export function fileUrl(path: string): string {
  const parts = path.replaceAll("\\", "/").split("/");
  return `file://${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

function baseName(address: string): string {
  return address.replace(/\/+$/, "").split("/").at(-1) ?? address;
}

function pathOf(name: string): string {
  return checkManifestPath(toManifestPath(name));
}
