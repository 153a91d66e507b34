/**
 * The way of a version into the store, up to its commit: begin, announce manifest and files, upload by signed address.
 * Every step may be repeated, because clients repeat what they had no answer to.
 */
import { validateArtifactType, validateFilePath } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { FileView } from "../files/file-view.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import { refuseLogging } from "../projects/registry.ts";
import type { RunService } from "../runs/run-service.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactManifest, ArtifactType, ManifestType } from "./artifact-collection.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactContents } from "./artifact-contents.ts";
import type { ArtifactContent } from "./artifact-file.ts";
import { viewAnnouncedFile } from "./artifact-file-view.ts";
import { parseArtifactInput } from "./artifact-input.ts";
import type { ArtifactInput } from "./artifact-input.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { digestFromHex, parseMd5 } from "./md5.ts";

/** What it is built from. */
export interface ArtifactUploadsParts {
  readonly artifacts: ArtifactStore;
  readonly contents: ArtifactContents;
  readonly blobs: BlobStore;
  readonly projects: ProjectService;
  readonly runs: RunService;
  readonly access: ArtifactAccess;
  readonly rules: Access;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** A manifest as its client announces it. */
export interface ManifestAnnouncement {
  readonly artifactId: number;
  readonly name: string;
  /** MD5 in base64; empty while it is not known. */
  readonly md5: string;
  readonly type: ManifestType;
  /** The version that an incremental one adds to. @default none */
  readonly baseArtifactId?: number | null;
}

/** A file as its client announces it. */
export interface FileAnnouncement {
  readonly artifactId: number;
  readonly path: string;
  /** MD5 in base64. */
  readonly md5: string;
  /** XXH128 in base64, where the manifest will have that. @default none */
  readonly xxh128?: string | null;
  /** In which it is to be uploaded. @default none, for an upload in one piece */
  readonly parts?: readonly PartAnnouncement[];
}

/** A part as its client announces it. */
export interface PartAnnouncement {
  readonly partNumber: number;
  readonly hexMd5: string;
}

/** An upload in parts to end. */
export interface UploadCompletion {
  readonly artifactId: number;
  readonly storagePath: string;
  /** With the tag that was answered for each. */
  readonly parts: readonly { readonly partNumber: number; readonly etag: string }[];
}

const MAX_PARTS = 10_000;
const MAX_FILES = 10_000;
const BLOB_KEY_BYTES = 16;

/** Takes in versions until they are committed. */
export class ArtifactUploads {
  readonly #parts: ArtifactUploadsParts;

  constructor(parts: ArtifactUploadsParts) {
    this.#parts = parts;
  }

  /**
   * Creates a type, or answers with the one of that name.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`.
   */
  async ensureType(
    caller: Caller,
    address: ProjectAddress,
    type: { readonly name: string; readonly description: string | null },
  ): Promise<ArtifactType> {
    const { artifacts, clock } = this.#parts;
    const project = await this.#requireProject(caller, address);
    const name = validateArtifactType(type.name);
    return artifacts.ensureType({ ...type, name, projectId: project.id, now: clock.now() });
  }

  /**
   * Begins a version, or answers with the one that the client's id or, if wanted, the digest stands for already.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`, `unsupported`, `conflict` when the
   *   collection is of another type.
   */
  async begin(
    caller: Caller,
    address: ProjectAddress & { readonly runName: string | null },
    input: ArtifactInput,
  ): Promise<Artifact> {
    const { artifacts, clock } = this.#parts;
    const project = await this.#requireProject(caller, address);
    const parsed = parseArtifactInput(input);
    const runId = await this.#findRun(caller, project, address.runName);
    return artifacts.begin({ ...parsed, projectId: project.id, runId, now: clock.now() });
  }

  /**
   * Announces a version's manifest; repeated when its MD5 is known.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`.
   */
  async announceManifest(caller: Caller, announcement: ManifestAnnouncement): Promise<ArtifactManifest> {
    const { artifacts, ids, clock } = this.#parts;
    const { artifactId, name, md5, type, baseArtifactId = null } = announcement;
    const { artifact } = await this.#parts.access.requireAppend(caller, artifactId);
    return artifacts.putManifest({
      artifactId,
      projectId: artifact.projectId,
      type,
      baseArtifactId,
      name: validateFilePath(name),
      md5: md5 === "" ? null : parseMd5(md5, "digest"),
      blobKey: newBlobKey(ids),
      now: clock.now(),
    });
  }

  /**
   * Says the MD5 or the base of an announced manifest; null leaves it alone.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`.
   */
  async updateManifest(
    caller: Caller,
    manifestId: number,
    change: { readonly md5: string | null; readonly baseArtifactId: number | null },
  ): Promise<ArtifactManifest> {
    const { artifacts, access, clock } = this.#parts;
    const manifest = await artifacts.findManifest({ manifestId });
    if (manifest === undefined) {
      throw new ServerError("not_found", "Manifest not found", { field: "artifactManifestID" });
    }
    await access.requireAppend(caller, manifest.artifactId);
    const { baseArtifactId } = change;
    const md5 = change.md5 === null || change.md5 === "" ? null : parseMd5(change.md5, "digest");
    return artifacts.updateManifest({ manifestId, md5, baseArtifactId, now: clock.now() });
  }

  /**
   * Ends an upload in parts and answers with the MD5 of the whole; repeating it changes nothing.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `conflict` when a part is missing or another than stated,
   *   `invalid_argument` when the whole is not what was announced.
   */
  async completeParts(caller: Caller, completion: UploadCompletion): Promise<string> {
    const { artifacts, access, rules, blobs } = this.#parts;
    const { artifactId: birthArtifactId, storagePath: blobKey } = completion;
    const { project } = await access.requireEver(caller, birthArtifactId);
    await rules.requireAppendProject(caller, project);
    const content = await artifacts.findContentByKey({ birthArtifactId, blobKey });
    if (content === undefined) {
      throw new ServerError("not_found", "There is no such upload", { field: "storagePath" });
    }
    if (content.sizeBytes !== null) return content.md5;
    const parts = parseParts(
      completion.parts.map(({ partNumber, etag }) => ({ partNumber, hexMd5: etag.replaceAll('"', "") })),
    );
    return (await blobs.completeParts({ key: blobKey, parts, md5: content.md5 })).md5;
  }

  /**
   * Announces files, in the order given and as many; a view whose content is there already has no address to upload to.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`.
   */
  async announceFiles(
    caller: Caller,
    files: readonly FileAnnouncement[],
    baseUrl: string,
  ): Promise<readonly FileView[]> {
    if (files.length > MAX_FILES) {
      throw new ServerError("invalid_argument", `At most ${MAX_FILES} files at once`, {
        field: "artifactFiles",
      });
    }
    for (const file of files) {
      validateFilePath(file.path);
      parseMd5(file.md5, "md5");
      if (typeof file.xxh128 === "string") parseMd5(file.xxh128, "digest");
    }
    const views = new Map<FileAnnouncement, FileView>();
    for (const [artifactId, announced] of Map.groupBy(files, (file) => file.artifactId)) {
      const { project } = await this.#parts.access.requireAppend(caller, artifactId);
      const contents = await this.#announce(caller, project, announced);
      const births = await this.#findBirths([...contents.values()]);
      const parts = { blobs: this.#parts.blobs, baseUrl, entityName: project.entityName };
      for (const file of announced) {
        const content = contents.get(file.md5);
        if (content === undefined) throw new ServerError("internal", "An announced file has no content");
        const birth = births.get(content.birthArtifactId) ?? null;
        views.set(
          file,
          viewAnnouncedFile({ path: file.path, content, birth, parts: parseParts(file.parts ?? []) }, parts),
        );
      }
    }
    return files.flatMap((file) => views.get(file) ?? []);
  }

  /** Stored contents are used again; for all others the project gets contents of its own, to be uploaded. */
  async #announce(
    caller: Caller,
    project: Project,
    files: readonly FileAnnouncement[],
  ): Promise<ReadonlyMap<string, ArtifactContent>> {
    const { artifacts, contents, ids, clock } = this.#parts;
    const artifactIds = new Map(files.map((file) => [file.md5, file.artifactId]));
    const found = new Map(await contents.find(caller, project, [...artifactIds.keys()]));
    const lacking = [...artifactIds].filter(([md5]) => !found.has(md5));
    const added = await artifacts.addContents({
      entityId: project.entityId,
      projectId: project.id,
      contents: lacking.map(([md5, artifactId]) => ({ md5, artifactId, blobKey: newBlobKey(ids) })),
      now: clock.now(),
    });
    for (const content of added) found.set(content.md5, content);
    await artifacts.claimContents({
      claims: files.flatMap(({ artifactId, md5, xxh128 = null }) => {
        const contentId = found.get(md5)?.id;
        return contentId === undefined ? [] : [{ artifactId, contentId, xxh128 }];
      }),
      now: clock.now(),
    });
    return found;
  }

  async #findBirths(contents: readonly ArtifactContent[]): Promise<ReadonlyMap<number, Artifact>> {
    const artifactIds = [...new Set(contents.map((content) => content.birthArtifactId))];
    const births = await this.#parts.artifacts.findMany({ artifactIds });
    return new Map(births.map((birth) => [birth.id, birth]));
  }

  async #requireProject(caller: Caller, address: ProjectAddress): Promise<Project> {
    const project = await this.#parts.projects.require(caller, address);
    await this.#parts.rules.requireAppendProject(caller, project);
    refuseLogging(project);
    return project;
  }

  async #findRun(caller: Caller, project: Project, runName: string | null): Promise<number | null> {
    if (runName === null || runName === "") return null;
    const run = await this.#parts.runs.findIn(caller, project, runName);
    if (run !== undefined) return run.runId;
    throw new ServerError("not_found", `Run "${runName}" not found`, { field: "runName" });
  }
}

/** Checks parts and returns them in order. Throws `invalid_argument` unless they are numbered from 1 without a gap. */
function parseParts(
  parts: readonly PartAnnouncement[],
): readonly { readonly partNumber: number; readonly md5: string }[] {
  const sorted = parts.toSorted((a, b) => a.partNumber - b.partNumber);
  if (sorted.length > MAX_PARTS || sorted.some(({ partNumber }, index) => partNumber !== index + 1)) {
    const message = `Parts are numbered from 1 without a gap, and there are at most ${MAX_PARTS}`;
    throw new ServerError("invalid_argument", message, { field: "partNumber" });
  }
  return sorted.map(({ partNumber, hexMd5 }) => {
    const md5 = digestFromHex(hexMd5);
    if (md5 !== undefined) return { partNumber, md5 };
    const message = `hexMD5 of part ${partNumber} is no MD5 in hexadecimal`;
    throw new ServerError("invalid_argument", message, { field: "hexMD5" });
  });
}

/** A key for new bytes of artifacts. */
export function newBlobKey(ids: IdSource): string {
  return `artifacts/${ids.hex(BLOB_KEY_BYTES)}`;
}
