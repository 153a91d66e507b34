/**
 * Finds stored bytes by digest. Bytes of other projects of the entity are shared, but only with those who may see the
 * projects: otherwise knowing a digest would be enough to read what one may not.
 */
import { ServerError } from "../../errors.ts";
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactContent, StoredContent } from "./artifact-file.ts";
import type { ArtifactFileStore } from "./artifact-file-store.ts";
import type { FileDigestAlgorithm } from "./manifest.ts";
import { xxh128Of } from "./xxh128.ts";

/** What it is built from. */
export interface ArtifactContentsParts {
  readonly artifacts: ArtifactFileStore;
  readonly blobs: BlobStore;
  readonly access: ArtifactAccess;
  readonly clock: Clock;
}

/** A file of a version, by its digest. */
export interface DigestedFile {
  readonly path: string;
  readonly algorithm: FileDigestAlgorithm;
  /** In base64. */
  readonly digest: string;
}

/** A version in the making. */
export interface PendingPlace {
  readonly project: Project;
  readonly artifactId: number;
}

const NAMES_SHOWN = 5;

/** Contents that a caller may use. */
export class ArtifactContents {
  readonly #parts: ArtifactContentsParts;

  constructor(parts: ArtifactContentsParts) {
    this.#parts = parts;
  }

  /**
   * For each MD5 the content to use: a stored one, the project's own before others; otherwise the project's own that
   * waits for its upload.
   */
  async find(
    caller: Caller,
    project: Project,
    md5s: readonly string[],
  ): Promise<ReadonlyMap<string, ArtifactContent>> {
    const { artifacts } = this.#parts;
    const found = await artifacts.findContents({ entityId: project.entityId, md5s });
    return this.#best(caller, project, found, ({ md5 }) => md5);
  }

  /**
   * The contents of a pending version's files, claimed, after making sure that their bytes are there and durable.
   *
   * @throws {ServerError} `conflict`, naming some of the files, when bytes are missing or not what was said of them.
   */
  async requireStored<File extends DigestedFile>(
    caller: Caller,
    place: PendingPlace,
    files: readonly File[],
  ): Promise<ReadonlyMap<File, StoredContent>> {
    const { artifacts, clock } = this.#parts;
    const byMd5 = await this.find(caller, place.project, digestsOf(files, "MD5"));
    const byXxh128 = await this.#findByXxh128(caller, place, digestsOf(files, "XXH128"));
    const contentOf = ({ algorithm, digest }: File): ArtifactContent | undefined =>
      (algorithm === "MD5" ? byMd5 : byXxh128).get(digest);
    const contents = new Map(
      files.flatMap((file) => {
        const content = contentOf(file);
        return content === undefined ? [] : [[content.id, content] as const];
      }),
    );
    const { artifactId } = place;
    const claims = [...contents.keys()].map((contentId) => ({ artifactId, contentId, xxh128: null }));
    await artifacts.claimContents({ claims, now: clock.now() });
    const stored = await this.#settle(
      [...contents.values()],
      new Map([...byXxh128].map(([digest, { id }]) => [id, digest])),
    );
    const result = new Map<File, StoredContent>();
    for (const file of files) {
      const content = stored.get(contentOf(file)?.id ?? -1);
      const isRight = file.algorithm === "MD5" || content?.xxh128 === file.digest;
      if (content !== undefined && isRight) result.set(file, content);
    }
    const missing = files.filter((file) => !result.has(file)).map((file) => file.path);
    if (missing.length > 0) throw notUploaded(missing);
    return result;
  }

  /** What the version's own writer announced comes first; a version made from another one finds what that has. */
  async #findByXxh128(
    caller: Caller,
    { project, artifactId }: PendingPlace,
    digests: readonly string[],
  ): Promise<ReadonlyMap<string, ArtifactContent>> {
    if (digests.length === 0) return new Map();
    const { artifacts } = this.#parts;
    const { entityId } = project;
    const known = await artifacts.findContentsByXxh128({ entityId, digests });
    const best = new Map(await this.#best(caller, project, known, ({ xxh128 }) => xxh128 ?? ""));
    for (const { content, claimedXxh128 } of await artifacts.listClaimed({ artifactId })) {
      if (!best.has(claimedXxh128)) best.set(claimedXxh128, content);
    }
    return best;
  }

  /** Those of the contents whose bytes are there, by id, which is then remembered with the digests checked here. */
  async #settle(
    contents: readonly ArtifactContent[],
    xxh128s: ReadonlyMap<number, string>,
  ): Promise<ReadonlyMap<number, StoredContent>> {
    const { artifacts, blobs } = this.#parts;
    const unsettled = contents.filter(({ sizeBytes }) => sizeBytes === null);
    const infos = await blobs.settle({ keys: unsettled.map(({ blobKey }) => blobKey) });
    const stored = new Map<number, StoredContent>();
    const changed: StoredContent[] = [];
    for (const content of contents) {
      const info = infos.get(content.blobKey);
      const sizeBytes = content.sizeBytes ?? (info?.md5 === content.md5 ? info.sizeBytes : null);
      if (sizeBytes === null) continue;
      const isToCheck = content.xxh128 === null && xxh128s.has(content.id);
      const xxh128 = isToCheck ? await this.#xxh128Of(content) : content.xxh128;
      const found = { ...content, sizeBytes, xxh128 };
      stored.set(content.id, found);
      if (content.sizeBytes === null || isToCheck) changed.push(found);
    }
    if (changed.length > 0) await artifacts.markStored({ contents: changed });
    return stored;
  }

  async #xxh128Of({ blobKey }: ArtifactContent): Promise<string | null> {
    const body = await this.#parts.blobs.read({ key: blobKey });
    return body === undefined ? null : xxh128Of(body);
  }

  async #best(
    caller: Caller,
    project: Project,
    found: readonly ArtifactContent[],
    digestOf: (content: ArtifactContent) => string,
  ): Promise<ReadonlyMap<string, ArtifactContent>> {
    const isVisible = new Map([[project.id, true]]);
    const best = new Map<string, ArtifactContent>();
    for (const content of found) {
      const { projectId } = content;
      const visible = isVisible.get(projectId) ?? (await this.#parts.access.canRead(caller, content));
      isVisible.set(projectId, visible);
      const digest = digestOf(content);
      if (visible && rank(content, project) > rank(best.get(digest), project)) best.set(digest, content);
    }
    return best;
  }
}

function digestsOf(files: readonly DigestedFile[], algorithm: FileDigestAlgorithm): readonly string[] {
  return [...new Set(files.filter((file) => file.algorithm === algorithm).map((file) => file.digest))];
}

function rank(content: ArtifactContent | undefined, project: Project): number {
  if (content === undefined) return 0;
  const isOwn = content.projectId === project.id;
  if (content.sizeBytes === null) return isOwn ? 1 : 0;
  return isOwn ? 3 : 2;
}

function notUploaded(paths: readonly string[]): ServerError {
  const shown = paths.slice(0, NAMES_SHOWN).map((path) => JSON.stringify(path));
  const more = paths.length > NAMES_SHOWN ? ` and ${paths.length - NAMES_SHOWN} more` : "";
  return new ServerError(
    "conflict",
    `The artifact cannot be committed: ${paths.length === 1 ? "a file was" : `${paths.length} files were`} not uploaded: ${shown.join(", ")}${more}`,
  );
}
