/** Fetches the manifest of a logged version. A committed one never changes, so the disk keeps it for later processes. */
import { hexDigestOfText } from "../../../core/digests/digest.ts";
import { CommError, NotFoundError } from "../../../core/errors.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { Service } from "../../../core/service.ts";
import { ArtifactManifestUrlDocument } from "../../../generated/artifacts-documents.ts";
import type { LoggedVersion } from "../logged-version.ts";
import { ArtifactCache } from "./artifact-cache.ts";
import { fileRequest } from "./fetch-file.ts";

/**
 * The text of a version's manifest. The digest of what the disk kept is checked by `accept`; what it refuses is fetched
 * anew.
 *
 * @throws {NotFoundError} when the version or its manifest does not exist.
 */
export async function loadManifestText<T>(
  service: Service,
  version: LoggedVersion,
  accept: (text: string, from: "cache" | "server") => Promise<T | undefined>,
  options: ReadOptions,
): Promise<T> {
  const { disk, createHasher } = service.platform;
  const cache = version.fields.state === "COMMITTED" ? ArtifactCache.of(service) : null;
  const { id, digest, commitHash } = version.fields;
  const keyText = JSON.stringify([service.settings.baseUrl, id, digest, commitHash]);
  const path = cache?.manifestPath(await hexDigestOfText(keyText, "MD5", createHasher)) ?? null;
  if (disk !== null && path !== null && (await disk.entry(path)) !== null) {
    const kept = await accept(await disk.readText(path), "cache");
    if (kept !== undefined) return kept;
  }
  const text = await fetchText(service, version, options);
  const accepted = await accept(text, "server");
  if (accepted === undefined)
    throw new CommError("The manifest was not accepted", { code: "invalid_response" });
  if (disk !== null && path !== null) await disk.write(path, bytesOf(text));
  return accepted;
}

async function fetchText(service: Service, version: LoggedVersion, { signal }: ReadOptions): Promise<string> {
  const { id } = version.fields;
  const answer = await service.graphql.execute(ArtifactManifestUrlDocument, { id }, { signal });
  const url = answer.artifact?.currentManifest?.file.directUrl;
  const name = `${version.place.collection}:${version.version}`;
  if (url == null) throw new NotFoundError(`${name} has no manifest`);
  const absolute = new URL(url, `${service.settings.baseUrl}/`).href;
  return service.http.send(fileRequest(`manifest of ${name}`, absolute, signal), (content) => content.text());
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}
