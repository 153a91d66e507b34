/** Files of artifacts as the schema shows them: addresses are made when they are asked for. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { BlobSignature, BlobStore } from "../../ports/blob-store.ts";
import type { FileView } from "../files/file-view.ts";
import { mediaTypeOf } from "../files/media-type.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactPlace } from "./artifact-access.ts";
import type { ArtifactManifest } from "./artifact-collection.ts";
import type { ArtifactContent, ArtifactFile } from "./artifact-file.ts";
import { digestToHex } from "./md5.ts";

/** How long a signed address is good for: a transfer of a large artifact gets all of them at its start. */
const ADDRESS_SECONDS = 24 * 60 * 60;

/** What every view needs. */
export interface ViewParts {
  readonly blobs: BlobStore;
  readonly baseUrl: string;
}

/** Where a file is looked at. */
export interface InEntity {
  readonly entityName: string;
}

/** A view of a file of a committed version. */
export function viewArtifactFile(
  file: ArtifactFile,
  { blobs, baseUrl, place, artifact, birth }: ViewParts & VersionsOfFile,
): FileView {
  const { path, content } = file;
  const ref = file.ref ?? null;
  return {
    id: encodeGlobalId("ArtifactFile", file.id),
    name: path,
    sizeBytes: file.sizeBytes,
    mimetype: mediaTypeOf(path),
    md5: content?.md5 ?? null,
    digest: file.digest,
    updatedAt: artifact.createdAt,
    storagePath: content?.blobKey ?? null,
    uploadHeaders: [],
    artifact: birth,
    url: () => (content === null ? (ref ?? "") : baseUrl + filePath(place, artifact, file, content)),
    directUrl: () =>
      content === null ? Promise.resolve(ref) : signDownload(blobs, baseUrl, content.blobKey, path),
    uploadUrl: () => Promise.resolve(null),
    uploadParts: () => Promise.resolve(null),
  };
}

/** The version that shows a file, where it is looked at, and the version that first brought the file. */
export interface VersionsOfFile {
  readonly place: ArtifactPlace;
  readonly artifact: Artifact;
  readonly birth: Artifact | null;
}

/** A view of a file that is announced, to be uploaded unless its content is stored. */
export function viewAnnouncedFile(
  { path, content, birth, parts }: AnnouncedFile,
  { blobs, baseUrl, entityName }: ViewParts & InEntity,
): FileView {
  const { blobKey: key, md5 } = content;
  const isStored = content.sizeBytes !== null;
  return {
    id: encodeGlobalId("ArtifactContent", content.id),
    name: path,
    sizeBytes: content.sizeBytes ?? 0,
    mimetype: mediaTypeOf(path),
    md5: isStored ? md5 : null,
    digest: md5,
    updatedAt: content.createdAt,
    storagePath: key,
    uploadHeaders: [`Content-MD5:${md5}`, "Content-Type:application/octet-stream"],
    artifact: birth,
    url: () => `${baseUrl}/artifacts/${encodeURIComponent(entityName)}/${digestToHex(md5)}`,
    directUrl: async () => (isStored ? signDownload(blobs, baseUrl, key, path) : null),
    uploadUrl: async () => (isStored ? null : signUpload(blobs, { baseUrl, key, md5, isSettledLater: true })),
    uploadParts: async () => {
      if (isStored || parts.length === 0) return null;
      const signed = parts.map(async ({ partNumber, md5: partMd5 }) => ({
        partNumber,
        uploadUrl: await signUpload(blobs, { baseUrl, key, md5: partMd5, partNumber }),
      }));
      return { uploadId: encodeGlobalId("ArtifactUpload", content.id), parts: await Promise.all(signed) };
    },
  };
}

/** A file that is announced, with the content that it will have. */
export interface AnnouncedFile {
  readonly path: string;
  readonly content: ArtifactContent;
  readonly birth: Artifact | null;
  /** In which it is to be uploaded; none for an upload in one piece. */
  readonly parts: readonly { readonly partNumber: number; readonly md5: string }[];
}

/** A view of a manifest file, to be uploaded once its MD5 is known and until the version is committed. */
export function viewManifest(
  manifest: ArtifactManifest,
  { blobs, baseUrl, entityName }: ViewParts & InEntity,
): FileView {
  const { id, name, blobKey: key, md5, sizeBytes } = manifest;
  const isStored = sizeBytes !== null;
  return {
    id: encodeGlobalId("ArtifactManifestFile", id),
    name,
    sizeBytes: sizeBytes ?? 0,
    mimetype: "application/json",
    md5: isStored ? md5 : null,
    digest: md5,
    updatedAt: manifest.updatedAt,
    storagePath: key,
    uploadHeaders: md5 === null ? [] : [`Content-MD5:${md5}`],
    artifact: null,
    url: () => `${baseUrl}/artifacts/${encodeURIComponent(entityName)}/manifests/${id}`,
    directUrl: async () => (isStored ? signDownload(blobs, baseUrl, key, name) : null),
    uploadUrl: async () =>
      isStored || md5 === null ? null : signUpload(blobs, { baseUrl, key, md5, isSettledLater: true }),
    uploadParts: () => Promise.resolve(null),
  };
}

function signDownload(blobs: BlobStore, baseUrl: string, key: string, fileName: string): Promise<string> {
  return blobs.sign({ baseUrl, key, method: "GET", fileName, expiresInSeconds: ADDRESS_SECONDS });
}

function signUpload(
  blobs: BlobStore,
  upload: Pick<BlobSignature, "baseUrl" | "key" | "md5" | "partNumber" | "isSettledLater">,
): Promise<string> {
  return blobs.sign({ ...upload, method: "PUT", expiresInSeconds: ADDRESS_SECONDS });
}

/** The address that clients make themselves when a signed one fails. */
function filePath(
  place: ArtifactPlace,
  artifact: Artifact,
  file: ArtifactFile,
  content: ArtifactContent,
): string {
  const segments = [
    "artifactsV2",
    "default",
    place.entityName,
    place.projectName,
    place.collectionName,
    encodeGlobalId("Artifact", artifact.id),
    encodeGlobalId("Artifact", content.birthArtifactId),
    digestToHex(file.digest),
    file.path.split("/").at(-1) ?? file.path,
  ];
  return `/${segments.map(encodeURIComponent).join("/")}`;
}
