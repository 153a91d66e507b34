/** Lists types, collections and versions, and changes collections as a whole. */
import { validateArtifactName, validateArtifactTag, validateArtifactType } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import type { ArtifactTag } from "./artifact.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactCollection } from "./artifact-collection.ts";
import type {
  ArtifactCollectionStore,
  CollectionPage,
  TypePage,
  VersionPage,
} from "./artifact-collection-store.ts";
import { parseTtl } from "./artifact-input.ts";
import type { Removal } from "./artifact-removal-store.ts";
import type { ArtifactVersionStore } from "./artifact-store.ts";
import { parsePageSize } from "./page-size.ts";

/** What it is built from. */
export interface ArtifactCollectionsParts {
  readonly artifacts: ArtifactVersionStore;
  readonly artifactCollections: ArtifactCollectionStore;
  readonly projects: ProjectService;
  readonly access: ArtifactAccess;
  readonly rules: Access;
  readonly clock: Clock;
}

/** Which page of a list, as it is asked for. */
export interface ListRequest {
  /** JSON text; null for everything. */
  readonly filters: string | null;
  readonly order: string | null;
  readonly after: string | null;
  /** @default 50 */
  readonly first: number | null;
}

/** What to change of a sequence; null leaves it alone. */
export interface SequenceEdit {
  readonly name: string | null;
  readonly description: string | null;
  /** -1 for what the entity says. */
  readonly ttlSeconds: number | null;
}

/** Tags to give to a collection or to take from it. */
export interface CollectionTagEdit {
  readonly collectionName: string;
  readonly action: "add" | "delete";
  readonly tags: readonly string[];
}

const MAX_PAGE = 1_000;
const MAX_TAGS = 1_000;

/** Reads and changes collections. */
export class ArtifactCollections {
  readonly #parts: ArtifactCollectionsParts;

  constructor(parts: ArtifactCollectionsParts) {
    this.#parts = parts;
  }

  /** A page of a project's types, oldest first. Throws `not_found`, `invalid_argument`. @default first 50 */
  async listTypes(
    caller: Caller,
    project: Project,
    page: { readonly after: number | null; readonly first: number | null },
  ): Promise<TypePage> {
    await this.#parts.access.requireProject(caller, { projectId: project.id });
    const limit = parsePageSize(page.first, MAX_PAGE);
    return this.#parts.artifactCollections.listTypes({ projectId: project.id, after: page.after, limit });
  }

  /** A page of a project's collections, or of those of one type. Throws `not_found`, `invalid_argument`. */
  async list(
    caller: Caller,
    of: { readonly projectId: number; readonly typeId: number | null },
    request: ListRequest,
  ): Promise<CollectionPage> {
    await this.#parts.access.requireProject(caller, of);
    return this.#parts.artifactCollections.queryCollections({ ...of, ...toQuery(request) });
  }

  /** A page of a collection's committed versions. Throws `not_found`, `invalid_argument`. */
  async listVersions(
    caller: Caller,
    collection: ArtifactCollection,
    request: ListRequest,
  ): Promise<VersionPage> {
    await this.#parts.access.requireProject(caller, collection);
    const query = { collectionId: collection.id, ...toQuery(request) };
    return this.#parts.artifactCollections.queryVersions(query);
  }

  /** A collection's tags in alphabetical order. Throws `not_found`. */
  async listTags(caller: Caller, collection: ArtifactCollection): Promise<readonly ArtifactTag[]> {
    await this.#parts.access.requireProject(caller, collection);
    return this.#parts.artifactCollections.listCollectionTags({ collectionId: collection.id });
  }

  /**
   * Gives tags to a collection or takes them away, and answers with all it has.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`.
   */
  async changeTags(
    caller: Caller,
    address: ProjectAddress,
    edit: CollectionTagEdit,
  ): Promise<readonly ArtifactTag[]> {
    const { artifacts, projects, rules } = this.#parts;
    const project = await projects.require(caller, address);
    const tags = parseTags(edit.tags);
    const request = { projectId: project.id, name: edit.collectionName };
    const collection = await artifacts.findCollection(request);
    if (collection === undefined) throw missingCollection();
    await rules.requireWriteProject(caller, project);
    return this.#parts.artifactCollections.changeCollectionTags({
      collectionId: collection.id,
      toAdd: edit.action === "add" ? tags : [],
      toDelete: edit.action === "delete" ? tags : [],
      now: this.#parts.clock.now(),
      ...(caller.kind === "user" && { userId: caller.user.id }),
    });
  }

  /**
   * Changes what a sequence says of itself. Its former name is free at once.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`, `already_exists` for a name in use.
   */
  async update(caller: Caller, collectionId: number, edit: SequenceEdit): Promise<ArtifactCollection> {
    const { id } = await this.#requireSequence(caller, collectionId);
    const { name, description } = edit;
    const ttl = parseTtl(edit.ttlSeconds);
    return this.#parts.artifactCollections.updateCollection({
      collectionId: id,
      ...(name !== null && { name: validateArtifactName(name) }),
      ...(description !== null && { description }),
      ...(ttl !== undefined && { ttlSeconds: ttl.seconds }),
      now: this.#parts.clock.now(),
    });
  }

  /** Moves a sequence to another type, created on demand. Throws as `update` does. */
  async move(caller: Caller, collectionId: number, typeName: string): Promise<ArtifactCollection> {
    const { id } = await this.#requireSequence(caller, collectionId);
    const name = validateArtifactType(typeName);
    const now = this.#parts.clock.now();
    return this.#parts.artifactCollections.moveCollection({ collectionId: id, typeName: name, now });
  }

  /** Deletes a sequence with all its versions; answers with what it was. Throws `not_found`, `permission_denied`. */
  async delete(
    caller: Caller,
    collectionId: number,
  ): Promise<{ readonly collection: ArtifactCollection; readonly removal: Removal }> {
    const collection = await this.#requireSequence(caller, collectionId);
    const now = this.#parts.clock.now();
    const removal = await this.#parts.artifactCollections.deleteSequence({ collectionId, now });
    return { collection, removal };
  }

  async #requireSequence(caller: Caller, collectionId: number): Promise<ArtifactCollection> {
    const { artifacts, access, rules } = this.#parts;
    const collection = await artifacts.findCollection({ collectionId });
    if (collection?.kind !== "sequence") throw missingCollection();
    const project = await access.findProject(caller, collection);
    if (project === undefined) throw missingCollection();
    await rules.requireWriteProject(caller, project);
    return collection;
  }
}

function toQuery({ filters, order, after, first }: ListRequest): {
  readonly filter: string | null;
  readonly order: string | null;
  readonly after: string | null;
  readonly limit: number;
} {
  return { filter: filters, order, after, limit: parsePageSize(first, MAX_PAGE) };
}

function parseTags(tags: readonly string[]): readonly string[] {
  if (tags.length > MAX_TAGS) {
    throw new ServerError("invalid_argument", `At most ${MAX_TAGS} tags at once`, { field: "tags" });
  }
  return [...new Set(tags.map(validateArtifactTag))];
}

function missingCollection(): ServerError {
  return new ServerError("not_found", "Artifact collection not found", { field: "artifactSequenceID" });
}
