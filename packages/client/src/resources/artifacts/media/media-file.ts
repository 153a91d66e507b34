/** Media with a file of its own: images, sound, films, pages, shapes. */
import { parseJson } from "@steelyard/protocol";
import type { JsonObject, JsonValue } from "@steelyard/protocol";

import { bytesToHex } from "../../../core/digests/encoding.ts";
import { UsageError } from "../../../core/errors.ts";
import type { ReadOptions } from "../../../core/paginator.ts";
import type { DraftContent } from "../draft/artifact-draft.ts";
import type { ArtifactManifestEntry } from "../manifest/artifact-manifest-entry.ts";

/** The kinds that can be made here: their names in manifests, and the folders that their files go to. */
const FOLDERS = {
  "image-file": "images",
  "audio-file": "audio",
  "video-file": "videos",
  "html-file": "html",
  "object3D-file": "object3D",
  "molecule-file": "molecule",
} as const;

/** The kinds of media that can be made. */
export type MediaKind = keyof typeof FOLDERS;

/** What is known of media besides their content. */
export interface MediaOptions {
  /** A line to show with it. */
  readonly caption?: string;
  /** What the content is: `png`, `wav`, `mp4`, `pts.json`, … */
  readonly format: string;
  /** In pixels; images only. */
  readonly width?: number;
  /** In pixels; images only. */
  readonly height?: number;
}

/** Media in a file. Stands for `wandb.Image`, `Audio`, `Video`, `Html`, `Object3D` and `Molecule`. */
export class MediaFile {
  /** Kind in manifests, such as `image-file`; a reader meets kinds that cannot be made here, such as `bokeh`. */
  readonly kind: string;
  /** Everything that is noted beside the content, as it is stored. */
  readonly fields: JsonObject;
  readonly #content: Blob | null;
  readonly #entry: ArtifactManifestEntry | null;

  /** @internal */
  constructor(
    kind: string,
    fields: JsonObject,
    parts: { readonly content?: Blob; readonly entry?: ArtifactManifestEntry },
  ) {
    this.kind = kind;
    this.fields = fields;
    this.#content = parts.content ?? null;
    this.#entry = parts.entry ?? null;
  }

  /** Makes media of a kind from content. */
  static async create(kind: MediaKind, content: DraftContent, options: MediaOptions): Promise<MediaFile> {
    const blob = await toBlob(content);
    const sha256 = bytesToHex(
      new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())),
    );
    const { caption, format, width, height } = options;
    const fields = {
      _type: kind,
      ...(caption !== undefined && { caption }),
      ...(kind === "image-file" && { format }),
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      path: `media/${FOLDERS[kind]}/${sha256.slice(0, 20)}.${format}`,
      sha256,
    };
    return new MediaFile(kind, fields, { content: blob });
  }

  /** Path of the file inside the artifact. */
  get path(): string {
    const { path } = this.fields;
    return typeof path === "string" ? path : "";
  }

  /** A line to show with it, or null. */
  get caption(): string | null {
    const { caption } = this.fields;
    return typeof caption === "string" ? caption : null;
  }

  /** The entry of the file in the artifact that it was read from; null for new media. */
  get entry(): ArtifactManifestEntry | null {
    return this.#entry;
  }

  /** New content that is to be stored, or null. @internal */
  get content(): Blob | null {
    return this.#content;
  }

  /** The content. @throws {UsageError} when the artifact does not hold the file. */
  async bytes(options: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#content !== null) return new Uint8Array(await this.#content.arrayBuffer());
    if (this.#entry === null) throw new UsageError(`The artifact does not hold ${JSON.stringify(this.path)}`);
    return this.#entry.bytes(options);
  }

  /** The content as UTF-8 text: pages, and shapes as JSON. */
  async text(options: ReadOptions = {}): Promise<string> {
    return new TextDecoder().decode(await this.bytes(options));
  }

  /** The content as JSON: shapes, plots. */
  async json(options: ReadOptions = {}): Promise<JsonValue> {
    return parseJson(await this.text(options));
  }
}

async function toBlob(content: DraftContent): Promise<Blob> {
  if (content instanceof Blob) return content;
  if (content instanceof ReadableStream) return new Response(content).blob();
  return new Blob([content]);
}
