/** A file of an artifact as the server lists it. The part of Python's `File` that makes sense without a run. */
import { parseInstantOrNull } from "../../core/dates.ts";
import type { ArtifactFileFieldsFragment } from "../../generated/artifacts-documents.ts";
import { toS3Uri } from "../files/s3-uri.ts";

/** What the server tells of a file of an artifact; read the content with `artifact.getEntry(name)`. */
export class ArtifactFile {
  /** Global id. */
  readonly id: string;
  /** Path inside the artifact. */
  readonly name: string;
  /** Address that asks for credentials; null when the server gives none. */
  readonly url: string | null;
  /** Address that carries its own short authority; null when the server gives none. */
  readonly directUrl: string | null;
  /** Size in bytes. */
  readonly sizeBytes: number | bigint;
  /** Media type guessed from the name. */
  readonly mimetype: string | null;
  /** When the content was stored. */
  readonly updatedAt: Date | null;
  /** The same instant as the server wrote it. */
  readonly updatedAtText: string | null;
  /** MD5 of the content, in base64. */
  readonly md5: string | null;
  /** Digest of the content as the manifest has it. */
  readonly digest: string | null;
  /** Where the server stores the content. Mirrors `storage_path`. */
  readonly storagePath: string | null;

  constructor(fields: ArtifactFileFieldsFragment) {
    this.id = fields.id;
    this.name = fields.name;
    this.url = fields.url;
    this.directUrl = fields.directUrl;
    this.sizeBytes = fields.sizeBytes;
    this.mimetype = fields.mimetype;
    this.updatedAtText = fields.updatedAt;
    this.updatedAt = parseInstantOrNull(fields.updatedAt, "file.updatedAt");
    this.md5 = fields.md5;
    this.digest = fields.digest;
    this.storagePath = fields.storagePath;
  }

  /** Size in bytes as a number. */
  get size(): number {
    return Number(this.sizeBytes);
  }

  /**
   * Where the file is in its bucket: the address itself for a reference, `s3://bucket/key` for a file in S3, otherwise
   * the empty text. Mirrors `path_uri`.
   */
  get pathUri(): string {
    if (this.directUrl === null) return "";
    return this.directUrl === this.url ? this.directUrl : (toS3Uri(this.directUrl) ?? "");
  }
}
