/** Artifacts: finding versions and collections by their many names, and the doors to files, uploads and lineage. */
import type { BlobStore } from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { PortfolioStore } from "../portfolios/portfolio-store.ts";
import type { Project } from "../projects/project.ts";
import type { ProjectService } from "../projects/project-service.ts";
import type { RunService } from "../runs/run-service.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactMembership, ArtifactCollection, ArtifactType } from "./artifact-collection.ts";
import { ArtifactAccess } from "./artifact-access.ts";
import { ArtifactAliases } from "./artifact-aliases.ts";
import type { ArtifactCollectionStore } from "./artifact-collection-store.ts";
import { ArtifactCollections } from "./artifact-collections.ts";
import { ArtifactCommits } from "./artifact-commits.ts";
import { ArtifactContents } from "./artifact-contents.ts";
import { ArtifactFiles } from "./artifact-files.ts";
import { parseMetadata, parseTags, parseTtl } from "./artifact-input.ts";
import { ArtifactOperation } from "./artifact-operation.ts";
import { ArtifactLineage } from "./artifact-lineage.ts";
import { parseArtifactReference, parseVersion } from "./artifact-name.ts";
import type { ArtifactRemovalStore } from "./artifact-removal-store.ts";
import { ArtifactRemovals } from "./artifact-removals.ts";
import type { AliasPage, ArtifactStore, VersionSelector } from "./artifact-store.ts";
import { ArtifactUploads } from "./artifact-uploads.ts";
import { LineageGraphs } from "./lineage-graph.ts";
import { parsePageSize } from "./page-size.ts";

/** What the service is built from. */
export interface ArtifactServiceParts {
  readonly artifacts: ArtifactStore;
  readonly portfolios: PortfolioStore;
  readonly artifactCollections: ArtifactCollectionStore;
  readonly artifactRemovals: ArtifactRemovalStore;
  readonly blobs: BlobStore;
  readonly entities: EntityStore;
  readonly projects: ProjectService;
  readonly runs: RunService;
  readonly access: Access;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** What to change of a version; null leaves it alone. */
export interface ArtifactEdit {
  readonly artifactId: number;
  readonly description: string | null;
  readonly metadata: string | null;
  /** -1 for what the collection says, -2 for ever, 0 like null. */
  readonly ttlSeconds: number | null;
  readonly tagsToAdd: readonly string[];
  readonly tagsToDelete: readonly string[];
}

const MAX_ALIASES = 1_000;

/** Reads and changes artifacts. */
export class ArtifactService {
  /** Begins versions and takes in their files. */
  readonly uploads: ArtifactUploads;
  /** Makes versions visible. */
  readonly commits: ArtifactCommits;
  /** Shows files. */
  readonly files: ArtifactFiles;
  /** Gives and takes aliases. */
  readonly aliases: ArtifactAliases;
  /** Says which runs logged and used versions. */
  readonly lineage: ArtifactLineage;
  /** Lists and changes collections. */
  readonly collections: ArtifactCollections;
  /** Deletes versions. */
  readonly removals: ArtifactRemovals;
  /** Follows what was made from what. */
  readonly graphs: LineageGraphs;
  /** Serves operators. */
  readonly operation: ArtifactOperation;
  readonly #artifacts: ArtifactStore;
  readonly #access: ArtifactAccess;
  readonly #clock: Clock;

  constructor(parts: ArtifactServiceParts) {
    const access = new ArtifactAccess(parts);
    const contents = new ArtifactContents({ ...parts, access });
    this.uploads = new ArtifactUploads({ ...parts, access, contents, rules: parts.access });
    this.commits = new ArtifactCommits({ ...parts, access, contents });
    this.files = new ArtifactFiles({ ...parts, access, rules: parts.access });
    this.aliases = new ArtifactAliases({ ...parts, access, rules: parts.access });
    this.lineage = new ArtifactLineage({ ...parts, access, rules: parts.access });
    this.collections = new ArtifactCollections({ ...parts, access, rules: parts.access });
    this.graphs = new LineageGraphs({ ...parts, access });
    this.operation = new ArtifactOperation(parts);
    this.removals = new ArtifactRemovals({ ...parts, access, rules: parts.access });
    this.#artifacts = parts.artifacts;
    this.#access = access;
    this.#clock = parts.clock;
  }

  /** The version of a global id; undefined when it is missing or not to be seen. */
  async find(caller: Caller, artifactId: number): Promise<Artifact | undefined> {
    return this.#visible(caller, await this.#artifacts.find({ artifactId }));
  }

  /**
   * The version that a client-made id stands for, or `id:alias` with a client-made id of its collection; undefined
   * when it is missing or not to be seen.
   */
  async findByClientId(caller: Caller, clientId: string): Promise<Artifact | undefined> {
    for (const artifact of await this.#artifacts.findByClientId({ clientId })) {
      if (artifact.state !== "DELETED" && (await this.#access.canSee(caller, artifact))) return artifact;
    }
    const colon = clientId.indexOf(":");
    if (colon === -1) return undefined;
    const versions = parseVersion(clientId.slice(colon + 1));
    const sequences = await this.#artifacts.findSequencesByClientId({ clientId: clientId.slice(0, colon) });
    for (const sequence of sequences) {
      if (!(await this.#access.canRead(caller, sequence))) continue;
      return (await this.#member(sequence, versions))?.artifact;
    }
    return undefined;
  }

  /** A project's type by name. Throws `not_found` when the project is not to be seen. */
  async findType(caller: Caller, project: Project, name: string): Promise<ArtifactType | undefined> {
    await this.#access.requireProject(caller, { projectId: project.id });
    return this.#artifacts.findType({ projectId: project.id, name });
  }

  /** A project's collection by name. Throws `not_found` when the project is not to be seen. */
  async findCollection(
    caller: Caller,
    projectId: number,
    name: string,
  ): Promise<ArtifactCollection | undefined> {
    await this.#access.requireProject(caller, { projectId });
    return this.#artifacts.findCollection({ projectId, name });
  }

  /** The collection of a global id; undefined when it is missing or not to be seen. */
  async findCollectionById(caller: Caller, collectionId: number): Promise<ArtifactCollection | undefined> {
    const sequence = await this.#artifacts.findCollection({ collectionId });
    if (sequence === undefined || !(await this.#access.canRead(caller, sequence))) return undefined;
    return sequence;
  }

  /** A page of a collection's aliases by alphabet. Throws `not_found` or `invalid_argument`. @default first 50 */
  async listAliases(
    caller: Caller,
    sequence: ArtifactCollection,
    page: { readonly after: string | null; readonly first: number | null },
  ): Promise<AliasPage> {
    await this.#access.requireProject(caller, sequence);
    const limit = parsePageSize(page.first, MAX_ALIASES);
    return this.#artifacts.listAliases({ collectionId: sequence.id, after: page.after, limit });
  }

  /** The version that `collection:alias`, `collection:v3`, `collection:digest` or `collection` means in a project. */
  async findByName(caller: Caller, project: Project, name: string): Promise<ArtifactMembership | undefined> {
    const { collection, versions } = parseArtifactReference(name);
    const sequence = await this.findCollection(caller, project.id, collection);
    return sequence && this.#member(sequence, versions);
  }

  /** The version of a collection that an alias, v and a number, or a digest means. */
  async findMember(
    caller: Caller,
    sequence: ArtifactCollection,
    version: string,
  ): Promise<ArtifactMembership | undefined> {
    await this.#access.requireProject(caller, sequence);
    return this.#member(sequence, parseVersion(version));
  }

  /** The newest committed version of a collection; undefined before the first. */
  async findNewest(caller: Caller, sequence: ArtifactCollection): Promise<Artifact | undefined> {
    await this.#access.requireProject(caller, sequence);
    return (await this.#member(sequence, [{ kind: "newest" }]))?.artifact;
  }

  /** The project of something; undefined when it is not to be seen. */
  findProject(caller: Caller, thing: { readonly projectId: number }): Promise<Project | undefined> {
    return this.#access.findProject(caller, thing);
  }

  /**
   * Changes what a version says of itself.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `invalid_argument`.
   */
  async update(caller: Caller, edit: ArtifactEdit): Promise<Artifact> {
    const { artifactId, description } = edit;
    await this.#access.requireAppend(caller, artifactId);
    const metadata = parseMetadata(edit.metadata);
    const ttl = parseTtl(edit.ttlSeconds);
    return this.#artifacts.update({
      artifactId,
      ...(description !== null && { description }),
      ...(metadata !== null && { metadata }),
      ...(ttl !== undefined && { ttl }),
      tagsToAdd: parseTags(edit.tagsToAdd),
      tagsToDelete: parseTags(edit.tagsToDelete),
      now: this.#clock.now(),
      ...(caller.kind === "user" && { userId: caller.user.id }),
    });
  }

  async #member(
    { id: collectionId }: ArtifactCollection,
    versions: readonly VersionSelector[],
  ): Promise<ArtifactMembership | undefined> {
    for (const version of versions) {
      const member = await this.#artifacts.findMembership({ collectionId, version });
      if (member !== undefined) return member;
    }
    return undefined;
  }

  async #visible(caller: Caller, artifact: Artifact | undefined): Promise<Artifact | undefined> {
    if (artifact === undefined || artifact.state === "DELETED") return undefined;
    return (await this.#access.canSee(caller, artifact)) ? artifact : undefined;
  }
}
