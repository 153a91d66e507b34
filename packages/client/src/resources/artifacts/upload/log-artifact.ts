/** Logs a draft as output of a run: begins the version, sends what the server lacks, and commits. */
import { base64Digest } from "../../../core/digests/digest.ts";
import { CommError } from "../../../core/errors.ts";
import type { Service } from "../../../core/service.ts";
import {
  CommitArtifactDocument,
  CreateArtifactDocument,
  CreateArtifactManifestDocument,
  UpdateArtifactManifestDocument,
  UploadArtifactManifestDocument,
} from "../../../generated/artifacts-documents.ts";
import { ttlNumber } from "../artifact-record.ts";
import type { ArtifactTtl } from "../artifact-record.ts";
import type { ArtifactDraft } from "../draft/artifact-draft.ts";
import { memorySource } from "../draft/content-source.ts";
import { checkAliases, checkTags } from "../draft/draft-names.ts";
import { ArtifactManifest } from "../manifest/artifact-manifest.ts";
import { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";
import { putContent } from "./upload-content.ts";
import { uploadFiles } from "./upload-files.ts";
import type { UploadOptions } from "./upload-files.ts";

const MANIFEST_NAME = "wandb_manifest.json";
const INCREMENTAL_NAME = "wandb_manifest.incremental.json";
const LATEST = "latest";

/** What is logged, and by which run. */
export interface LogRequest {
  readonly entity: string;
  readonly project: string;
  readonly run: string;
  /** The run's next step. */
  readonly historyStep: number;
  readonly type: string;
  readonly name: string;
  readonly description: string | null;
  /** As JSON text. */
  readonly metadata: string;
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly ttlSeconds: ArtifactTtl;
  readonly storageRegion: string | null;
  /** Whether only what is new is in the draft, and the rest stays as it is in the latest version. */
  readonly isIncremental: boolean;
}

/**
 * Logs a draft and returns the global id of the version: the one of an earlier log of the same content if there is one.
 *
 * @throws {ValueError} when an alias or tag is malformed, or a local file was changed since it was added.
 * @throws {CommError} when the server refuses; logging the same draft again goes on where it stopped.
 */
export async function logDraft(
  service: Service,
  draft: ArtifactDraft,
  request: LogRequest,
  options: UploadOptions,
): Promise<string> {
  draft.finalize();
  await draft.useDigestsOf(service, request.entity, options);
  const { signal } = options;
  const created = await begin(service, draft, request, options);
  if (created.state === "COMMITTED") return created.id;
  const { manifest } = draft;
  const { entity, project, run } = request;
  const announced = { artifactID: created.id, entityName: entity, projectName: project, runName: run };
  const baseArtifactID = draft.baseId ?? created.artifactSequence.latestArtifact?.id ?? null;
  const kind = request.isIncremental
    ? ({ name: INCREMENTAL_NAME, type: "INCREMENTAL" } as const)
    : ({ name: MANIFEST_NAME, type: "FULL" } as const);
  const first = { ...announced, ...kind, digest: "", baseArtifactID };
  const { createArtifactManifest } = await service.graphql.execute(
    CreateArtifactManifestDocument,
    { input: first },
    { signal },
  );
  if (createArtifactManifest === null) throw new CommError("The server did not take the manifest");
  const layout = manifest.storagePolicy.config["storageLayout"] === "V1" ? "V1" : "V2";
  const place = {
    artifactId: created.id,
    manifestId: createArtifactManifest.artifactManifest.id,
    layout,
  } as const;
  const births = await uploadFiles(service, place, manifest.entries.values(), options);
  const complete = withBirths(manifest, births);
  if (request.isIncremental) await uploadIncrement(service, complete, { ...place, baseArtifactID }, options);
  else await uploadManifest(service, complete, first, options);
  const variables = { artifactID: created.id };
  const { commitArtifact } = await service.graphql.execute(CommitArtifactDocument, variables, { signal });
  if (commitArtifact === null) throw new CommError("The server did not commit the artifact");
  return created.id;
}

async function begin(
  service: Service,
  draft: ArtifactDraft,
  request: LogRequest,
  { signal }: UploadOptions,
): Promise<{ id: string; state: string; artifactSequence: { latestArtifact: { id: string } | null } }> {
  const aliases = [...new Set([LATEST, ...checkAliases(request.aliases)])];
  const input = {
    entityName: request.entity,
    projectName: request.project,
    runName: request.run,
    artifactTypeName: request.type,
    artifactCollectionName: request.name,
    digest: await draft.manifest.digest(),
    digestAlgorithm: draft.manifest.digestAlgorithm === "XXH128" ? "MANIFEST_XXH128" : "MANIFEST_MD5",
    description: request.description,
    metadata: request.metadata,
    aliases: aliases.map((alias) => ({ artifactCollectionName: request.name, alias })),
    tags: checkTags(request.tags).map((tagName) => ({ tagName })),
    clientID: draft.clientId,
    sequenceClientID: draft.sequenceClientId,
    enableDigestDeduplication: true,
    ttlDurationSeconds: request.ttlSeconds === null ? null : ttlNumber(request.ttlSeconds),
    historyStep: request.historyStep,
    ...(request.storageRegion !== null && { storageRegion: request.storageRegion }),
  } as const;
  const { createArtifact } = await service.graphql.execute(CreateArtifactDocument, { input }, { signal });
  if (createArtifact === null) throw new CommError(`The server did not begin the artifact ${request.name}`);
  return createArtifact.artifact;
}

/** What the server said about who first brought each file; it would fill it in itself. */
function withBirths(manifest: ArtifactManifest, births: ReadonlyMap<string, string>): ArtifactManifest {
  const entries = [...manifest.entries.values()].map((entry) => {
    const birthArtifactId = births.get(entry.path) ?? entry.birthArtifactId;
    const { path, digest, ref, size, extra, skipCache } = entry;
    return new ArtifactManifestEntry({ path, digest, ref, size, extra, skipCache, birthArtifactId });
  });
  return new ArtifactManifest(entries, { storagePolicy: manifest.storagePolicy });
}

/** The manifest of an increment is known by its id: announcing another one would be a second increment. */
async function uploadIncrement(
  service: Service,
  manifest: ArtifactManifest,
  { manifestId, baseArtifactID }: { readonly manifestId: string; readonly baseArtifactID: string | null },
  options: UploadOptions,
): Promise<void> {
  const bytes = new TextEncoder().encode(manifest.toManifestText());
  const digest = await base64Digest(bytes, "MD5", service.platform.createHasher);
  const input = { artifactManifestID: manifestId, digest, baseArtifactID };
  const answer = await service.graphql.execute(UpdateArtifactManifestDocument, { input }, options);
  await putManifest(service, bytes, answer.updateArtifactManifest?.artifactManifest.file, options);
}

async function uploadManifest(
  service: Service,
  manifest: ArtifactManifest,
  announced: { artifactID: string; entityName: string; projectName: string; runName: string; name: string },
  options: UploadOptions,
): Promise<void> {
  const bytes = new TextEncoder().encode(manifest.toManifestText());
  const digest = await base64Digest(bytes, "MD5", service.platform.createHasher);
  const input = { ...announced, digest };
  const answer = await service.graphql.execute(UploadArtifactManifestDocument, { input }, options);
  await putManifest(service, bytes, answer.createArtifactManifest?.artifactManifest.file, options);
}

async function putManifest(
  service: Service,
  bytes: Uint8Array<ArrayBuffer>,
  file: { readonly uploadUrl: string | null; readonly uploadHeaders: readonly string[] } | undefined,
  { signal }: UploadOptions,
): Promise<void> {
  // Without an address the server has this very manifest already, from an attempt that was interrupted.
  if (file?.uploadUrl == null) return;
  const { uploadUrl: url, uploadHeaders: headerLines } = file;
  await putContent(service, memorySource(new Blob([bytes])), {
    path: MANIFEST_NAME,
    url,
    headerLines,
    signal,
  });
}
