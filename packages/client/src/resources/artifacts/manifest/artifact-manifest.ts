/** The list of an artifact's files and references. */
import { isJsonObject, parseJsonObject, printJson, setOwn } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import type { DigestAlgorithm, HasherFactory } from "../../../core/digests/digest.ts";
import { createPortableHasher, hexDigestOfText } from "../../../core/digests/digest.ts";
import { ValueError } from "../../../core/errors.ts";
import type { EntryReader } from "../download/entry-reader.ts";
import { parseManifestEntry } from "./artifact-manifest-entry.ts";
import type { ArtifactManifestEntry } from "./artifact-manifest-entry.ts";
import { compareCodePoints } from "./manifest-path.ts";

const VERSION = 1;
const POLICY = "wandb-storage-policy-v1";
const DIGEST_HEADER = "wandb-artifact-manifest-v1\n";

/** How the files of an artifact are stored. */
export interface StoragePolicy {
  /** Always `wandb-storage-policy-v1`. */
  readonly name: string;
  /** `storageLayout` (`V1` or `V2`) and `storageRegion`, as far as the writer said. */
  readonly config: JsonObject;
}

/** What a manifest is made of besides its entries. */
export interface ManifestOptions {
  /** @default {@link StoragePolicy} with layout `V2` */
  readonly storagePolicy?: StoragePolicy;
  /** How digests of files are computed. @default "MD5" */
  readonly digestAlgorithm?: DigestAlgorithm;
  /** Computes digests. @default a library that runs everywhere */
  readonly createHasher?: HasherFactory;
}

/** The files and references of an artifact. Mirrors `ArtifactManifest`. */
export class ArtifactManifest {
  /** How the files are stored. Mirrors `storage_policy`. */
  readonly storagePolicy: StoragePolicy;
  /** The form of the manifest; there is only one. Mirrors `manifest_version`. */
  readonly manifestVersion: number = VERSION;
  /** How digests of files are computed. */
  readonly digestAlgorithm: DigestAlgorithm;
  readonly #entries = new Map<string, ArtifactManifestEntry>();
  readonly #createHasher: HasherFactory;

  constructor(entries: Iterable<ArtifactManifestEntry> = [], options: ManifestOptions = {}) {
    this.storagePolicy = options.storagePolicy ?? { name: POLICY, config: { storageLayout: "V2" } };
    this.digestAlgorithm = options.digestAlgorithm ?? "MD5";
    this.#createHasher = options.createHasher ?? createPortableHasher;
    for (const entry of entries) this.#entries.set(entry.path, entry);
  }

  /** The form of manifests that this class reads and writes. Mirrors `version`. */
  static version(): number {
    return VERSION;
  }

  /**
   * Reads a manifest from its JSON text or object. Mirrors `from_manifest_json`.
   *
   * @throws {ValueError} when it is not a manifest of version 1; names the entry.
   */
  static fromManifestJson(
    json: string | JsonObject,
    options: Pick<ManifestOptions, "createHasher"> & {
      /** @internal */
      readonly reader?: EntryReader;
    } = {},
  ): ArtifactManifest {
    const object = typeof json === "string" ? parseText(json) : json;
    const { version, storagePolicy, storagePolicyConfig = null, contents } = object;
    if (version !== VERSION) throw new ValueError(`Invalid manifest: its version is not ${VERSION}`);
    if (typeof storagePolicy !== "string" || !isJsonObject(contents))
      throw new ValueError("Invalid manifest: it has no storage policy or no contents");
    const entries = Object.entries(contents).map(([path, entry]) =>
      parseManifestEntry(path, entry, options.reader),
    );
    return new ArtifactManifest(entries, {
      storagePolicy: {
        name: storagePolicy,
        config: isJsonObject(storagePolicyConfig) ? storagePolicyConfig : {},
      },
      digestAlgorithm: entries.some((entry) => entry.digestAlgorithm === "XXH128") ? "XXH128" : "MD5",
      ...(options.createHasher !== undefined && { createHasher: options.createHasher }),
    });
  }

  /** The entries by path, in the order of the manifest. */
  get entries(): ReadonlyMap<string, ArtifactManifestEntry> {
    return this.#entries;
  }

  /** How many entries there are. Mirrors `len()`. */
  get length(): number {
    return this.#entries.size;
  }

  /** The manifest as JSON, as it is stored beside the files. Mirrors `to_manifest_json`. */
  toManifestJson(): JsonObject {
    const contents: Record<string, JsonValue> = {};
    for (const [path, entry] of this.#entries) setOwn(contents, path, entry.toManifestJson());
    return {
      version: this.manifestVersion,
      storagePolicy: this.storagePolicy.name,
      storagePolicyConfig: this.storagePolicy.config,
      contents,
    };
  }

  /** The text of {@link toManifestJson}. */
  toManifestText(): string {
    return printJson(this.toManifestJson());
  }

  /** The digest of the artifact, in hexadecimal: over the paths and digests of all entries. Mirrors `digest`. */
  async digest(): Promise<string> {
    const sorted = [...this.#entries.values()].sort((a, b) => compareCodePoints(a.path, b.path));
    const lines = sorted.map(({ path, digest }) => `${path}:${digest}\n`);
    return hexDigestOfText(DIGEST_HEADER + lines.join(""), this.digestAlgorithm, this.#createHasher);
  }

  /** Size of all entries in bytes, references of unknown size left out. Mirrors `size`. */
  size(): number {
    return [...this.#entries.values()].reduce((sum, { size }) => sum + (size ?? 0), 0);
  }

  /**
   * Adds an entry. Mirrors `add_entry`.
   *
   * @throws {ValueError} when there is another one of the same path and `overwrite` is not set.
   */
  addEntry(entry: ArtifactManifestEntry, options: { readonly overwrite?: boolean } = {}): void {
    const present = this.#entries.get(entry.path);
    const isSame = present === undefined || (present.digest === entry.digest && present.ref === entry.ref);
    if (!isSame && options.overwrite !== true)
      throw new ValueError(`${JSON.stringify(entry.path)} is in the artifact already, with other content`);
    this.#entries.set(entry.path, entry);
  }

  /**
   * Takes an entry away. Mirrors `remove_entry`.
   *
   * @throws {ValueError} when there is no entry of its path.
   */
  removeEntry(entry: ArtifactManifestEntry): void {
    if (!this.#entries.delete(entry.path))
      throw new ValueError(`${JSON.stringify(entry.path)} is not in the artifact`);
  }

  /** The entry of a path, or undefined. Mirrors `get_entry_by_path`. */
  getEntryByPath(path: string): ArtifactManifestEntry | undefined {
    return this.#entries.get(path);
  }

  /** All entries below a folder; of the whole artifact for the empty text. Mirrors `get_entries_in_directory`. */
  getEntriesInDirectory(directory: string): ArtifactManifestEntry[] {
    const prefix = directory === "" ? "" : `${directory.replace(/\/+$/, "")}/`;
    return [...this.#entries.values()].filter(({ path }) => path.startsWith(prefix));
  }
}

function parseText(text: string): JsonObject {
  try {
    return parseJsonObject(text);
  } catch (cause) {
    throw new ValueError("Invalid manifest: it is not a JSON object", { cause });
  }
}
