/**
 * Finds stored bytes by MD5. Bytes of other projects of the entity are shared, but only with those who may see the
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

/** What it is built from. */
export interface ArtifactContentsParts {
  readonly artifacts: ArtifactFileStore;
  readonly blobs: BlobStore;
  readonly access: ArtifactAccess;
  readonly clock: Clock;
}

const CHECKS_AT_ONCE = 32;
const NAMES_SHOWN = 5;

/** Contents that a caller may use. */
export class ArtifactContents {
  readonly #artifacts: ArtifactFileStore;
  readonly #blobs: BlobStore;
  readonly #access: ArtifactAccess;
  readonly #clock: Clock;

  constructor({ artifacts, blobs, access, clock }: ArtifactContentsParts) {
    this.#artifacts = artifacts;
    this.#blobs = blobs;
    this.#access = access;
    this.#clock = clock;
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
    const found = await this.#artifacts.findContents({ entityId: project.entityId, md5s });
    const isVisible = new Map([[project.id, true]]);
    const best = new Map<string, ArtifactContent>();
    for (const content of found) {
      const { projectId } = content;
      const visible = isVisible.get(projectId) ?? (await this.#access.canRead(caller, content));
      isVisible.set(projectId, visible);
      if (!visible || rank(content, project) <= rank(best.get(content.md5), project)) continue;
      best.set(content.md5, content);
    }
    return best;
  }

  /**
   * The contents of a pending version's files, claimed, after making sure that their bytes are there.
   *
   * @throws {ServerError} `conflict`, naming some of the files, when bytes are missing.
   */
  async requireStored(
    caller: Caller,
    { project, artifactId }: { readonly project: Project; readonly artifactId: number },
    files: readonly { readonly path: string; readonly md5: string }[],
  ): Promise<ReadonlyMap<string, StoredContent>> {
    const md5s = [...new Set(files.map((file) => file.md5))];
    const contents = await this.find(caller, project, md5s);
    const claims = [...contents.values()].map(({ id }) => ({ artifactId, contentId: id }));
    await this.#artifacts.claimContents({ claims, now: this.#clock.now() });
    const stored = new Map<string, StoredContent>();
    const unchecked: ArtifactContent[] = [];
    for (const [md5, content] of contents) {
      const { sizeBytes } = content;
      if (sizeBytes === null) unchecked.push(content);
      else stored.set(md5, { ...content, sizeBytes });
    }
    for (const content of await this.#check(unchecked)) stored.set(content.md5, content);
    const missing = files.filter((file) => !stored.has(file.md5)).map((file) => file.path);
    if (missing.length > 0) throw notUploaded(missing);
    return stored;
  }

  /** Those of the contents whose bytes arrived, which is then remembered. */
  async #check(contents: readonly ArtifactContent[]): Promise<readonly StoredContent[]> {
    const stored: StoredContent[] = [];
    for (let start = 0; start < contents.length; start += CHECKS_AT_ONCE) {
      const batch = contents.slice(start, start + CHECKS_AT_ONCE).map(async (content) => {
        const info = await this.#blobs.find({ key: content.blobKey });
        if (info?.md5 === content.md5) stored.push({ ...content, sizeBytes: info.sizeBytes });
      });
      await Promise.all(batch);
    }
    if (stored.length > 0) await this.#artifacts.markStored({ contents: stored });
    return stored;
  }
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
