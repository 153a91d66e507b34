/** A versioned set of files: made as a draft, logged by a run, and read back. */
import { REGISTRY_PREFIX, printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import type { Api } from "../../api.ts";
import type { DigestAlgorithm } from "../../core/digests/digest.ts";
import { NotFoundError, UnsupportedError, UsageError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { sessionOf } from "../../core/session.ts";
import { encodePart } from "../../core/urls.ts";
import {
  ArtifactByIdDocument,
  ArtifactCreatedByDocument,
  ArtifactMembershipByNameDocument,
  ArtifactUsedByDocument,
  DeleteArtifactDocument,
} from "../../generated/artifacts-documents.ts";
import type { RunPlaceFragment } from "../../generated/artifacts-documents.ts";
import type { ArtifactCollection } from "../artifact-collections/artifact-collection.ts";
import type { Run } from "../runs/run.ts";
import { ArtifactFiles } from "./artifact-files.ts";
import type { ArtifactFilesOptions } from "./artifact-files.ts";
import { splitArtifactName } from "./artifact-names.ts";
import type { CollectionAddress } from "./artifact-names.ts";
import { ArtifactRecord } from "./artifact-record.ts";
import { downloadArtifact, removeOthers, verifyFolder } from "./download/download-artifact.ts";
import type { ArtifactDownloadOptions, DownloadSource } from "./download/download-artifact.ts";
import { EntryReader } from "./download/entry-reader.ts";
import { FileAddresses } from "./download/file-addresses.ts";
import { loadManifestText } from "./download/load-manifest.ts";
import type { ProgressListener } from "./download/transfer-progress.ts";
import { referenceEntries } from "./draft/add-reference.ts";
import type { AddReferenceOptions } from "./draft/add-reference.ts";
import { ArtifactDraft } from "./draft/artifact-draft.ts";
import type { AddFileOptions, AddFolderOptions, DraftContent } from "./draft/artifact-draft.ts";
import { checkDraftNames, toMetadata } from "./draft/draft-names.ts";
import { findLinks, linkArtifact, unlinkArtifact } from "./link-artifact.ts";
import { fromMembership, fromSource } from "./logged-version.ts";
import type { LoggedVersion } from "./logged-version.ts";
import { ArtifactManifest } from "./manifest/artifact-manifest.ts";
import type { ArtifactManifestEntry } from "./manifest/artifact-manifest-entry.ts";
import { checkManifestPath, toManifestPath } from "./manifest/manifest-path.ts";
import { finishRun } from "./upload/finish-run.ts";
import { logDraft } from "./upload/log-artifact.ts";
import type { LogRequest } from "./upload/log-artifact.ts";
import type { UploadOptions } from "./upload/upload-files.ts";
import type { MediaFile } from "./media/media-file.ts";
import type { ArtifactObject } from "./media/read-media.ts";
import type { Table } from "./media/table.ts";
import { saveChanges } from "./save-changes.ts";

/** The project that older servers keep linked models in. */
const MODEL_REGISTRY = "model-registry";

/** Options of `new Artifact()`. */
export interface ArtifactOptions {
  /** Free text. */
  readonly description?: string | null;
  /** Values about the content, at most 100 keys; NaN becomes null. */
  readonly metadata?: JsonObject;
  /** Whether only what changed since the latest version is sent; what is not added again stays. @default false */
  readonly incremental?: boolean;
  /** Where the server is to store the files. @default where it likes */
  readonly storageRegion?: string;
  /** How files are told apart. XXH128 is faster, and needs a server that announces it. @default "MD5" */
  readonly digestAlgorithm?: DigestAlgorithm;
}

/** Options of `artifact.save`. */
export interface SaveOptions extends LogOptions {
  /** The run that logs a draft. */
  readonly run?: Run;
  /** Creates a run that logs a draft, and ends it. */
  readonly api?: Api;
  /** The project of that run. @default the project of the settings, else "uncategorized" */
  readonly project?: string;
  /** The entity of that run. @default the entity of the settings, else the caller's */
  readonly entity?: string;
}

/** Options of `run.logArtifact`. */
export interface LogOptions extends ReadOptions {
  /** Names to give to the version, beside `latest`. */
  readonly aliases?: readonly string[];
  /** Labels to give to the version. */
  readonly tags?: readonly string[];
  /** How many files are sent at once. @default 16 */
  readonly concurrency?: number;
  /** Hears how far the upload is. */
  readonly onProgress?: ProgressListener;
}

/** What the run adds to a request to log. @internal */
export type RunLogRequest = Pick<
  LogRequest,
  "entity" | "project" | "run" | "historyStep" | "aliases" | "tags"
>;

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
  #connected: Service | null = null;
  #draft: ArtifactDraft | null;
  readonly #draftNames: { readonly name: string; readonly type: string };
  readonly #options: ArtifactOptions;
  #contents: Promise<DownloadSource> | undefined;

  /**
   * Begins a draft: add files and references, then log it with `run.logArtifact(artifact)` or `artifact.save()`.
   *
   * @throws {ValueError} when the name or the type is not allowed.
   */
  constructor(name: string, type: string, options: ArtifactOptions = {}) {
    super();
    checkDraftNames(name, type);
    this.#draftNames = { name, type };
    this.#options = options;
    this.#draft = ArtifactDraft.empty(options.digestAlgorithm ?? "MD5");
    this.description = options.description ?? null;
    this.metadata = { ...toMetadata(options.metadata ?? {}) };
  }

  /** A logged version. @internal */
  static fromLogged(service: Service, version: LoggedVersion): Artifact {
    const artifact = new Artifact("logged", "logged");
    artifact.#become(service, version);
    return artifact;
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
    const { suffix } = splitArtifactName(address.name);
    return Artifact.fromLogged(service, fromMembership(membership, suffix));
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
    return Artifact.fromLogged(service, fromSource(artifact));
  }

  /** `collection:vN`, or `collection:alias` when it was asked for by an alias; the bare name of a draft. */
  get name(): string {
    if (this.#draft !== null) return this.#draftNames.name;
    return `${this.logged.place.collection}:${this.logged.suffix}`;
  }

  /** Name of the artifact's type. */
  get type(): string {
    if (this.#draft !== null) return this.#draftNames.type;
    return this.logged.fields.artifactType.name;
  }

  /** Whether the version is a change of an earlier one that is sent alone. */
  get incremental(): boolean {
    return this.#options.incremental ?? false;
  }

  /** The page of the version. @throws {UsageError} for a draft. */
  get url(): string {
    const { place, version, organization } = this.logged;
    const { appUrl } = this.#service.settings;
    const selection = [place.entity, place.project, place.collection].map(encodePart).join("%2F");
    if (place.project.startsWith(REGISTRY_PREFIX) && organization !== null) {
      const registry = place.project.slice(REGISTRY_PREFIX.length);
      const query = `selectionPath=${selection}&view=membership&version=${version}`;
      return `${appUrl}orgs/${encodePart(organization)}/registry/${encodePart(registry)}?${query}`;
    }
    if (place.project === MODEL_REGISTRY) {
      const query = `selectionPath=${selection}&view=membership&version=${version}`;
      return `${appUrl}${encodePart(place.entity)}/registry/model?${query}`;
    }
    const parts = [place.entity, place.project, "artifacts", this.type, place.collection, version];
    return `${appUrl}${parts.map(encodePart).join("/")}`;
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
    if (this.#draft !== null) return this.#draft.manifest;
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

  /**
   * A table, image or other object by its name, as `add` stored it here or in Python; null when there is none, or it is
   * of a kind that is not read here. Mirrors `get`.
   */
  async get(name: string, options: ReadOptions = {}): Promise<ArtifactObject | null> {
    const { readObject } = await import("./media/read-media.ts");
    return readObject(await this.manifest(options), toManifestPath(name), options);
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
    return `${folder === "" ? "artifacts" : folder}/${checkManifestPath(this.sourceName)}`;
  }

  /**
   * A draft with the files, description and metadata of this version, to be changed and logged as the next one. Mirrors
   * `new_draft`.
   */
  async newDraft(options: ReadOptions = {}): Promise<Artifact> {
    const { source, fields } = this.logged;
    const { entries, storagePolicy, digestAlgorithm } = await this.manifest(options);
    const { createHasher } = this.#service.platform;
    const draft = new Artifact(source.collection, this.type, {
      description: this.description,
      metadata: this.metadata,
    });
    draft.#draft = new ArtifactDraft({
      manifest: new ArtifactManifest(entries.values(), { storagePolicy, digestAlgorithm, createHasher }),
      baseId: fields.id,
      platform: () => Promise.resolve(this.#service.platform),
    });
    return draft;
  }

  /** No more files can be added or removed; logging does it by itself. Mirrors `finalize`. */
  finalize(): void {
    this.#draft?.finalize();
  }

  /**
   * Adds a local file, or content under a name. The file is read now for its digest and again when it is logged; logging
   * fails if it was changed in between. Mirrors `add_file`, which copies the file.
   *
   * @throws {ValueError} when there is no such file, or another one has its path in the artifact.
   * @throws {UsageError} when the artifact is logged or final.
   */
  async addFile(source: string | DraftContent, options: AddFileOptions = {}): Promise<ArtifactManifestEntry> {
    return this.#open().addFile(source, options);
  }

  /** Adds content under a name. Mirrors `new_file`, which opens a file to be written. */
  async newFile(
    name: string,
    content: DraftContent,
    options: Omit<AddFileOptions, "name"> = {},
  ): Promise<ArtifactManifestEntry> {
    return this.#open().addContent(name, content, options);
  }

  /**
   * Adds all files of a folder, either all or none. Mirrors `add_dir`.
   *
   * @throws {ValueError} for links out of the folder unless `followLinks` is set, and as {@link addFile}.
   */
  async addDir(folder: string, options: AddFolderOptions = {}): Promise<readonly ArtifactManifestEntry[]> {
    return this.#open().addFolder(folder, options);
  }

  /**
   * Adds a table or media under a name, in the form that Python's `artifact.get` reads. Mirrors `add`.
   *
   * @throws {ValueError} when another object has the name.
   */
  async add(
    object: Table | MediaFile,
    name: string,
    options: { readonly overwrite?: boolean } = {},
  ): Promise<ArtifactManifestEntry> {
    const draft = this.#open();
    const { addObject } = await import("./media/write-media.ts");
    return addObject(draft, object, name, options);
  }

  /**
   * Adds a reference to a file of another artifact (give its entry), to the web, to a file or folder of this machine, or
   * to anything else with an address. Nothing is uploaded. Mirrors `add_reference`.
   *
   * @throws {ValueError} when the address has no scheme, or nothing is there.
   * @throws {UnsupportedError} for buckets unless `checksum: false` is set.
   */
  async addReference(
    target: string | ArtifactManifestEntry,
    options: AddReferenceOptions = {},
  ): Promise<readonly ArtifactManifestEntry[]> {
    const draft = this.#open();
    const entries = await referenceEntries(target, options, await draft.platform());
    draft.addEntries(entries, false);
    return entries;
  }

  /**
   * Takes an entry, a file by its path, or a folder with all below it away. Mirrors `remove`.
   *
   * @throws {NotFoundError} when there is none. Python raises `FileNotFoundError`.
   */
  remove(item: string | ArtifactManifestEntry): void {
    this.#open().remove(item);
  }

  /** The path that a local file got in this draft, or null. Mirrors `get_added_local_path_name`. */
  async getAddedLocalPathName(localPath: string): Promise<string | null> {
    return this.#open().nameOfLocalPath(localPath);
  }

  /**
   * Writes local changes of `description`, `metadata`, `tags`, `aliases` and `ttlSeconds`; a draft is logged by the
   * given run, or by a new run of the given `Api`. Mirrors `save`.
   *
   * @throws {UsageError} for a draft when neither a run nor an `Api` is given.
   * @throws {ValueError} when an alias or tag is malformed, or the life of a linked version is to be changed.
   */
  async save(options: SaveOptions = {}): Promise<this> {
    if (this.#draft === null) {
      await saveChanges(this.#service, this, options);
      return this.reload(options);
    }
    if (options.run !== undefined) {
      await options.run.logArtifact(this, options);
      return this;
    }
    if (options.api === undefined)
      throw new UsageError("A draft is saved by a run or an Api: pass one of them");
    const service = await sessionOf(options.api).service();
    const { project, entity, signal } = options;
    const run = await service.makers.createRun(service, { project, entity, signal });
    await run.logArtifact(this, options);
    await finishRun(service, run, options);
    return this;
  }

  /** Brings the fields up to date and drops local changes. @throws {NotFoundError} when the version is gone. */
  async reload(options: ReadOptions = {}): Promise<this> {
    const { place, version, suffix } = this.logged;
    const address = { entity: place.entity, project: place.project, name: `${place.collection}:${version}` };
    const fresh = await Artifact.find(this.#service, address, options);
    if (fresh === null) throw new NotFoundError(`${this.qualifiedName} does not exist any more`);
    this.apply({ ...fresh.logged, suffix });
    return this;
  }

  /** What stands for the version in the config of a run. Mirrors `json_encode`. @throws {UsageError} for a draft. */
  jsonEncode(): JsonObject {
    const { fields, source, sourceVersion } = this.logged;
    return {
      _type: "artifactVersion",
      _version: "v0",
      id: fields.id,
      version: sourceVersion,
      sequenceName: source.collection,
      usedAs: null,
    };
  }

  /** Logs a draft by a run, and becomes the logged version. @internal */
  async log(service: Service, request: RunLogRequest, options: UploadOptions): Promise<void> {
    const draft = this.#open();
    const { name, type } = this.#draftNames;
    const id = await logDraft(
      service,
      draft,
      {
        ...request,
        name,
        type,
        description: this.description,
        metadata: printJson(toMetadata(this.metadata)),
        ttlSeconds: this.ttlSeconds,
        storageRegion: this.#options.storageRegion ?? null,
        isIncremental: this.incremental,
      },
      options,
    );
    const logged = await Artifact.byId(service, id, options);
    this.#become(service, logged.logged);
  }

  /**
   * Deletes the version; a link is taken out of its collection instead, and the version stays. Mirrors `delete`.
   *
   * @throws {CommError} when the version has aliases and `deleteAliases` is not set.
   */
  async delete(options: ReadOptions & { readonly deleteAliases?: boolean } = {}): Promise<void> {
    if (this.isLink) {
      await this.unlink(options);
      return;
    }
    const { signal, deleteAliases = false } = options;
    const input = { artifactID: this.logged.fields.id, deleteAliases };
    await this.#service.graphql.execute(DeleteArtifactDocument, { input }, { signal });
  }

  /**
   * Links the version to a collection and returns it as a member there: `wandb-registry-<name>/<collection>` for a
   * registry, with the organization in front if there are several; `project/collection` or
   * `entity/project/collection` otherwise. The collection is made if there is none. Mirrors `link`.
   *
   * @throws {ValueError} when the path has another form, or no organization is meant by it.
   */
  async link(
    targetPath: string,
    options: ReadOptions & { readonly aliases?: readonly string[] } = {},
  ): Promise<Artifact> {
    const address = await linkArtifact(this.#service, this.logged, targetPath, options);
    const found = await Artifact.find(this.#service, address, options);
    if (found === null) throw new NotFoundError(`${this.name} is not in ${targetPath} after it was linked`);
    return found;
  }

  /**
   * Takes the version out of the collection that it was reached through; it stays where it was logged. Mirrors
   * `unlink`.
   *
   * @throws {ValueError} when the version was reached where it was logged.
   */
  async unlink(options: ReadOptions = {}): Promise<void> {
    if (!this.isLink) throw new ValueError(`${this.qualifiedName} is no link`);
    await unlinkArtifact(this.#service, this.logged, options);
  }

  /** The version in every collection that it is linked to; nothing for a link. Mirrors `linked_artifacts`. */
  async linkedArtifacts(options: ReadOptions = {}): Promise<Artifact[]> {
    if (this.isLink) return [];
    const versions = await findLinks(this.#service, this.logged, options);
    return versions.map((version) => Artifact.fromLogged(this.#service, version));
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

  /** The connected server. @throws {UsageError} for a draft. */
  get #service(): Service {
    if (this.#connected === null) throw new UsageError("The artifact is not logged yet");
    return this.#connected;
  }

  #open(): ArtifactDraft {
    if (this.#draft === null)
      throw new UsageError(
        `${this.name} is logged and cannot be changed: change a draft of it, see newDraft()`,
      );
    return this.#draft;
  }

  #become(service: Service, version: LoggedVersion): void {
    this.#connected = service;
    this.#draft = null;
    this.#contents = undefined;
    this.apply(version);
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
