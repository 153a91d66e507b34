/** A versioned set of files: made as a draft, logged by a run, and read back. */
import { encodePart } from "../../core/urls.ts";
import { NotFoundError, UnsupportedError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import {
  ArtifactByIdDocument,
  ArtifactCreatedByDocument,
  ArtifactMembershipByNameDocument,
  ArtifactUsedByDocument,
} from "../../generated/documents.ts";
import type { RunPlaceFragment } from "../../generated/documents.ts";
import type { ArtifactCollection } from "../artifact-collections/artifact-collection.ts";
import type { Run } from "../runs/run.ts";
import { ArtifactFiles } from "./artifact-files.ts";
import type { ArtifactFilesOptions } from "./artifact-files.ts";
import type { CollectionAddress } from "./artifact-names.ts";
import { ArtifactRecord } from "./artifact-record.ts";
import { downloadArtifact, removeOthers, verifyFolder } from "./download/download-artifact.ts";
import type { ArtifactDownloadOptions, DownloadSource } from "./download/download-artifact.ts";
import { EntryReader } from "./download/entry-reader.ts";
import { FileAddresses } from "./download/file-addresses.ts";
import { loadManifestText } from "./download/load-manifest.ts";
import { fromMembership, fromSource } from "./logged-version.ts";
import type { LoggedVersion } from "./logged-version.ts";
import { ArtifactManifest } from "./manifest/artifact-manifest.ts";
import type { ArtifactManifestEntry } from "./manifest/artifact-manifest-entry.ts";
import { toManifestPath } from "./manifest/manifest-path.ts";

/** Where an artifact is looked for; `name` is `collection`, or with `:version` or `:alias`. */
export interface ArtifactAddress {
  readonly entity: string;
  readonly project: string;
  readonly name: string;
}

/**
 * A version of a named set of files. Mirrors `wandb.Artifact`. What is loaded is a property; what may ask the server is
 * a method.
 */
export class Artifact extends ArtifactRecord {
  readonly #service: Service;
  #contents: Promise<DownloadSource> | undefined;

  /** @internal */
  constructor(service: Service, version: LoggedVersion) {
    super();
    this.#service = service;
    this.apply(version);
  }

  /** Loads a version by its place; null when there is none. @internal */
  static async find(
    service: Service,
    address: ArtifactAddress,
    { signal }: ReadOptions = {},
  ): Promise<Artifact | null> {
    const { project } = await service.graphql.execute(
      ArtifactMembershipByNameDocument,
      { entity: address.entity, project: address.project, name: address.name },
      { signal },
    );
    const membership = project?.artifactCollectionMembership;
    if (membership == null) return null;
    const colon = address.name.indexOf(":");
    const suffix = colon === -1 ? null : address.name.slice(colon + 1);
    return new Artifact(service, fromMembership(membership, suffix));
  }

  /**
   * Loads a version by its global id.
   *
   * @throws {NotFoundError} when there is none.
   * @internal
   */
  static async byId(service: Service, id: string, { signal }: ReadOptions = {}): Promise<Artifact> {
    const { artifact } = await service.graphql.execute(ArtifactByIdDocument, { id }, { signal });
    if (artifact === null) throw new NotFoundError(`There is no artifact with the id ${id}`);
    return new Artifact(service, fromSource(artifact));
  }

  /** `collection:vN`, or `collection:alias` when it was asked for by an alias. */
  get name(): string {
    return `${this.logged.place.collection}:${this.logged.suffix}`;
  }

  /** Name of the artifact's type. */
  get type(): string {
    return this.logged.fields.artifactType.name;
  }

  /** The page of the version. */
  get url(): string {
    const { place, version } = this.logged;
    const parts = [place.entity, place.project, "artifacts", this.type, place.collection, version];
    return `${this.#service.settings.appUrl}${parts.map(encodePart).join("/")}`;
  }

  /** The collection that the version was reached through, as it is now. Mirrors the property `collection`, which fetches. */
  async collection(options: ReadOptions = {}): Promise<ArtifactCollection> {
    return this.#collection(this.logged.place, options);
  }

  /** The collection that the version was logged to, as it is now. Mirrors `source_collection`. */
  async sourceCollection(options: ReadOptions = {}): Promise<ArtifactCollection> {
    return this.#collection(this.logged.source, options);
  }

  /**
   * The version in the collection that it was logged to; itself when it is no link. Mirrors `source_artifact`.
   *
   * @throws {NotFoundError} when it may not be seen there.
   */
  async sourceArtifact(options: ReadOptions = {}): Promise<Artifact> {
    if (!this.isLink) return this;
    const address = { entity: this.sourceEntity, project: this.sourceProject, name: this.sourceName };
    const found = await Artifact.find(this.#service, address, options);
    if (found === null) throw new NotFoundError(`${this.sourceQualifiedName} not found`);
    return found;
  }

  /**
   * The list of files and references; fetched once. Mirrors the property `manifest`.
   *
   * @throws {NotFoundError} when the version has none yet.
   */
  async manifest(options: ReadOptions = {}): Promise<ArtifactManifest> {
    return (await this.#load(options)).manifest;
  }

  /**
   * An entry by its path. Mirrors `get_entry`.
   *
   * @throws {NotFoundError} when the artifact has none of that path. Python raises `KeyError`.
   */
  async getEntry(path: string, options: ReadOptions = {}): Promise<ArtifactManifestEntry> {
    const name = toManifestPath(path);
    const entry = (await this.manifest(options)).getEntryByPath(name);
    if (entry === undefined) throw new NotFoundError(`${this.name} has no file ${JSON.stringify(name)}`);
    return entry;
  }

  /** The files as the server lists them. Mirrors `files`. */
  files(options: ArtifactFilesOptions = {}): ArtifactFiles {
    return new ArtifactFiles(this.#service, this.logged, options);
  }

  /**
   * Brings all files, or those below `pathPrefix`, to a folder and returns its absolute path. Files that are there and
   * right are left alone; others come from the shared cache or the server, several at once, and each appears as a whole
   * or not at all. An interrupted download continues where it was. Mirrors `download`.
   *
   * @throws {ValueError} when a path would lead out of the folder, or content is damaged.
   * @throws {UnsupportedError} where there is no disk.
   */
  async download(options: ArtifactDownloadOptions = {}): Promise<string> {
    return downloadArtifact(await this.#load(options), options);
  }

  /** Downloads, and deletes what the folder holds beside the artifact's files. Mirrors `checkout`. */
  async checkout(options: ArtifactDownloadOptions = {}): Promise<string> {
    const source = await this.#load(options);
    await removeOthers(source, options);
    return downloadArtifact(source, options);
  }

  /**
   * Checks that a folder holds exactly the artifact's files. Mirrors `verify`.
   *
   * @throws {ValueError} for the first file that is missing, too much, or damaged.
   */
  async verify(options: ReadOptions & { readonly root?: string } = {}): Promise<void> {
    await verifyFolder(await this.#load(options), options);
  }

  /**
   * Downloads the only file of an artifact and returns its path. Mirrors `file`.
   *
   * @throws {ValueError} when the artifact has several files, or none.
   */
  async file(options: ReadOptions & { readonly root?: string } = {}): Promise<string> {
    const [entry, ...others] = (await this.manifest(options)).entries.values();
    if (entry === undefined || others.length > 0)
      throw new ValueError(
        `${this.name} has ${others.length + (entry === undefined ? 0 : 1)} files, not one`,
      );
    return entry.download(options);
  }

  /** Where `download` puts the files unless told otherwise, relative to the working directory. @internal */
  downloadFolder(): string {
    const folder = this.#service.platform.environment()["WANDB_ARTIFACT_DIR"] ?? "";
    return `${folder === "" ? "artifacts" : folder}/${this.sourceName}`;
  }

  /** The runs that used the version. Mirrors `used_by`. */
  async usedBy(options: ReadOptions = {}): Promise<Run[]> {
    const { id } = this.logged.fields;
    const { artifact } = await this.#service.graphql.execute(ArtifactUsedByDocument, { id }, options);
    const places = artifact?.usedBy.edges.map(({ node }) => node) ?? [];
    return Promise.all(places.map((place) => this.#run(place, options)));
  }

  /** The run that logged the version; null when no run did. Mirrors `logged_by`. */
  async loggedBy(options: ReadOptions = {}): Promise<Run | null> {
    const { id } = this.logged.fields;
    const { artifact } = await this.#service.graphql.execute(ArtifactCreatedByDocument, { id }, options);
    return artifact?.createdBy == null ? null : this.#run(artifact.createdBy, options);
  }

  async #collection(place: CollectionAddress, options: ReadOptions): Promise<ArtifactCollection> {
    return this.#service.makers.collection(this.#service, { ...place, type: this.type }, options);
  }

  async #run({ name, project }: RunPlaceFragment, options: ReadOptions): Promise<Run> {
    if (project === null) throw new UnsupportedError("The server does not tell the project of the run");
    const place = { entity: project.entity.name, project: project.name, id: name };
    return this.#service.makers.run(this.#service, place, options);
  }

  /** A failure is not kept: the next call asks again. */
  async #load(options: ReadOptions): Promise<DownloadSource> {
    const loading = (this.#contents ??= this.#loadContents(options));
    loading.catch(() => (this.#contents = undefined));
    return loading;
  }

  async #loadContents(options: ReadOptions): Promise<DownloadSource> {
    const service = this.#service;
    const version = this.logged;
    return loadManifestText(
      service,
      version,
      async (text, from) => {
        const policy = ArtifactManifest.fromManifestJson(text).storagePolicy;
        const addresses = new FileAddresses(service, version, policy);
        const load = (id: string, read: ReadOptions): Promise<Artifact> => Artifact.byId(service, id, read);
        const reader = new EntryReader({ service, artifact: this, addresses, load });
        const { createHasher } = service.platform;
        const manifest = ArtifactManifest.fromManifestJson(text, { createHasher, reader });
        if (from === "cache" && (await manifest.digest()) !== version.fields.digest) return undefined;
        return { artifact: this, manifest, reader };
      },
      options,
    );
  }
}
