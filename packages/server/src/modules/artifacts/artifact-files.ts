/** Reads the files and the manifest of versions, by version and by digest. */
import { ServerError } from "../../errors.ts";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { OpenBlob } from "../files/blob-service.ts";
import type { FileView } from "../files/file-view.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactCollection, ArtifactManifest } from "./artifact-collection.ts";
import { viewArtifactFile, viewManifest } from "./artifact-file-view.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { digestFromHex } from "./md5.ts";
import { parsePageSize } from "./page-size.ts";

/** What it is built from. */
export interface ArtifactFilesParts {
  readonly artifacts: ArtifactStore;
  readonly blobs: BlobStore;
  readonly entities: EntityStore;
  readonly projects: ProjectService;
  readonly access: ArtifactAccess;
  readonly rules: Access;
}

/** Which files of a version. */
export interface ArtifactFileRequest {
  /** The collection through which the version is looked at. @default its sequence */
  readonly through?: ArtifactCollection;
  /** Exact paths; null for all. */
  readonly names: readonly string[] | null;
  /** Path after which the page begins. */
  readonly after: string | null;
  /** @default 50 */
  readonly first: number | null;
  readonly baseUrl: string;
}

/** A page of files. */
export interface ArtifactFilePage {
  readonly files: readonly FileView[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

/** Clients ask for the addresses of 5,000 files at once. */
const MAX_PAGE = 10_000;
const MAX_NAMES = 10_000;

/** Shows the files of versions. */
export class ArtifactFiles {
  readonly #artifacts: ArtifactStore;
  readonly #blobs: BlobStore;
  readonly #entities: EntityStore;
  readonly #projects: ProjectService;
  readonly #access: ArtifactAccess;
  readonly #rules: Access;

  constructor({ artifacts, blobs, entities, projects, access, rules }: ArtifactFilesParts) {
    this.#artifacts = artifacts;
    this.#blobs = blobs;
    this.#entities = entities;
    this.#projects = projects;
    this.#access = access;
    this.#rules = rules;
  }

  /** A page of a committed version's files by path; empty before the commit. Throws `not_found` or `invalid_argument`. */
  async list(caller: Caller, artifact: Artifact, request: ArtifactFileRequest): Promise<ArtifactFilePage> {
    await this.#access.requireOpen(caller, artifact);
    const place = await this.#access.requirePlace(caller, artifact, request.through);
    const query = {
      artifactId: artifact.id,
      paths: parseNames(request.names),
      after: request.after,
      limit: parsePageSize(request.first, MAX_PAGE),
    };
    if (artifact.state !== "COMMITTED") return { files: [], hasNextPage: false, totalCount: 0 };
    const page = await this.#artifacts.listFiles(query);
    const birthIds = page.files.flatMap(({ content }) => (content === null ? [] : [content.birthArtifactId]));
    const found = await this.#artifacts.findMany({ artifactIds: [...new Set(birthIds)] });
    const births = new Map(found.map((birth) => [birth.id, birth]));
    const parts = { blobs: this.#blobs, baseUrl: request.baseUrl, place, artifact };
    const files = page.files.map((file) => {
      const birth = file.content === null ? null : (births.get(file.content.birthArtifactId) ?? null);
      return viewArtifactFile(file, { ...parts, birth });
    });
    return { ...page, files };
  }

  /** A committed version's manifest; undefined before the commit. Throws `not_found`. */
  async findManifest(caller: Caller, artifact: Artifact): Promise<ArtifactManifest | undefined> {
    await this.#access.requireOpen(caller, artifact);
    if (artifact.state !== "COMMITTED") return undefined;
    return this.#artifacts.findManifest({ artifactId: artifact.id });
  }

  /** A manifest as a file. Throws `not_found`. */
  async viewManifest(caller: Caller, manifest: ArtifactManifest, baseUrl: string): Promise<FileView> {
    const artifact = await this.#access.requireUse(caller, manifest.artifactId);
    const { entityName } = await this.#access.requirePlace(caller, artifact);
    return viewManifest(manifest, { blobs: this.#blobs, baseUrl, entityName });
  }

  /** Opens a manifest by id; undefined when it is missing, not committed, or not to be seen. */
  async openManifest(caller: Caller, manifestId: number): Promise<OpenBlob | undefined> {
    const manifest = await this.#artifacts.findManifest({ manifestId });
    if (manifest === undefined || manifest.sizeBytes === null || manifest.md5 === null) return undefined;
    const artifact = await this.#artifacts.find({ artifactId: manifest.artifactId });
    if (artifact === undefined || !(await this.#access.canOpen(caller, artifact))) return undefined;
    const { blobKey, md5, sizeBytes, name: fileName } = manifest;
    return this.#open({ blobKey, md5, sizeBytes }, fileName);
  }

  /** Opens the bytes of a digest that versions of a collection hold; undefined when there are none to be seen. */
  async openInCollection(
    caller: Caller,
    place: ProjectAddress & { readonly collectionName: string },
    file: FileByDigest,
  ): Promise<OpenBlob | undefined> {
    const digest = digestFromHex(file.hexDigest);
    const project = digest === undefined ? undefined : await this.#projects.find(caller, place);
    if (digest === undefined || project === undefined) return undefined;
    if (!(await this.#rules.canOpenProject(caller, project))) return undefined;
    const request = { projectId: project.id, name: place.collectionName };
    const collection = await this.#artifacts.findCollection(request);
    if (collection === undefined) return undefined;
    const { id: collectionId } = collection;
    const content = await this.#artifacts.findCollectionContent({ collectionId, digest });
    return content && this.#open(content, file.fileName);
  }

  /** As `openInCollection`, for all versions of an entity in projects that the caller may see. */
  async openInEntity(caller: Caller, entityName: string, file: FileByDigest): Promise<OpenBlob | undefined> {
    const digest = digestFromHex(file.hexDigest);
    const entity = digest === undefined ? undefined : await this.#entities.find({ name: entityName });
    if (digest === undefined || entity === undefined) return undefined;
    for (const use of await this.#artifacts.listContentUses({ entityId: entity.id, digest })) {
      if (await this.#access.canRead(caller, use)) return this.#open(use.content, file.fileName);
    }
    return undefined;
  }

  #open(
    {
      blobKey: key,
      md5,
      sizeBytes,
    }: { readonly blobKey: string; readonly md5: string; readonly sizeBytes: number | null },
    fileName: string,
  ): OpenBlob | undefined {
    if (sizeBytes === null) return undefined;
    return { info: { sizeBytes, md5 }, fileName, read: (range) => this.#blobs.read({ key, ...range }) };
  }
}

/** A file by its digest. */
export interface FileByDigest {
  /** MD5 or XXH128. */
  readonly hexDigest: string;
  /** The name under which it is saved. */
  readonly fileName: string;
}

function parseNames(names: readonly string[] | null): readonly string[] | null {
  if (names === null || names.length <= MAX_NAMES) return names;
  throw new ServerError("invalid_argument", `At most ${MAX_NAMES} names at once`, { field: "names" });
}
