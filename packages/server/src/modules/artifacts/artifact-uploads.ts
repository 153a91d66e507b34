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
import type { ArtifactManifest, ArtifactType } from "./artifact-collection.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactContents } from "./artifact-contents.ts";
import type { ArtifactContent } from "./artifact-file.ts";
import { viewAnnouncedFile } from "./artifact-file-view.ts";
import { parseArtifactInput } from "./artifact-input.ts";
import type { ArtifactInput } from "./artifact-input.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { parseMd5 } from "./md5.ts";

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
  readonly type: "FULL" | "INCREMENTAL" | "PATCH";
}

/** A file as its client announces it. */
export interface FileAnnouncement {
  readonly artifactId: number;
  readonly path: string;
  /** MD5 in base64. */
  readonly md5: string;
}

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
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`, `unsupported` for all but whole manifests.
   */
  async announceManifest(caller: Caller, announcement: ManifestAnnouncement): Promise<ArtifactManifest> {
    const { artifacts, ids, clock } = this.#parts;
    const { artifactId, name, md5, type } = announcement;
    const { artifact } = await this.#parts.access.requireAppend(caller, artifactId);
    if (type !== "FULL") {
      const message = `Manifests of the type ${type} are not supported by this server; upload the whole manifest`;
      throw new ServerError("unsupported", message, { field: "type" });
    }
    return artifacts.putManifest({
      artifactId,
      projectId: artifact.projectId,
      name: validateFilePath(name),
      md5: md5 === "" ? null : parseMd5(md5, "digest"),
      blobKey: newBlobKey(ids),
      now: clock.now(),
    });
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
        views.set(file, viewAnnouncedFile({ path: file.path, content, birth }, parts));
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
    await artifacts.claimContents({
      claims: files.flatMap(({ artifactId, md5 }) => {
        const contentId = found.get(md5)?.id;
        return contentId === undefined ? [] : [{ artifactId, contentId }];
      }),
      now: clock.now(),
    });
    for (const content of added) found.set(content.md5, content);
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

/** A key for new bytes of artifacts. */
export function newBlobKey(ids: IdSource): string {
  return `artifacts/${ids.hex(BLOB_KEY_BYTES)}`;
}
