/** Uploads and downloads by signed address: the address itself says what its holder may do, once and for a while. */
import { ServerError } from "../../errors.ts";
import type { BlobGrant, BlobInfo, BlobSignatures, BlobStore } from "../../ports/blob-store.ts";

/** What the service is built from. */
export interface BlobServiceParts {
  readonly blobs: BlobStore;
  readonly signatures: BlobSignatures;
  /** Told of every finished upload whose address names a subject. */
  readonly uploads: UploadListener;
}

/** Learns that the bytes of something are there. */
export interface UploadListener {
  /** Throws `gone` when what was to be uploaded is no longer wanted. */
  completeUpload(upload: FinishedUpload): Promise<void>;
}

/** An upload that ended well. */
export interface FinishedUpload {
  /** As it was signed with the address. */
  readonly subject: string;
  readonly key: string;
  readonly info: BlobInfo;
}

/** A stored blob that a caller may read. */
export interface OpenBlob {
  readonly info: BlobInfo;
  /** For the media type, and the name under which it is saved. */
  readonly fileName: string;
  /** The bytes of a range (`end` exclusive), or all; undefined when the blob went away meanwhile. */
  readonly read: (range?: {
    readonly start: number;
    readonly end: number;
  }) => Promise<AsyncIterable<Uint8Array> | undefined>;
}

/** Serves the addresses that this server signed. */
export class BlobService {
  readonly #blobs: BlobStore;
  readonly #signatures: BlobSignatures;
  readonly #uploads: UploadListener;

  constructor({ blobs, signatures, uploads }: BlobServiceParts) {
    this.#blobs = blobs;
    this.#signatures = signatures;
    this.#uploads = uploads;
  }

  /** Opens what a signed address allows to read. Throws `permission_denied`, `gone` or `not_found`. */
  async open(token: string): Promise<OpenBlob> {
    const { key, fileName } = this.#signatures.verify({ token, method: "GET" });
    const info = await this.#blobs.find({ key });
    if (info === undefined) throw new ServerError("not_found", "The file is no longer there");
    return { info, fileName: fileName ?? "blob", read: (range) => this.#blobs.read({ key, ...range }) };
  }

  /** What a token allows to upload, to be asked before the body is read. Throws `permission_denied` or `gone`. */
  verifyUpload(token: string): BlobGrant {
    return this.#signatures.verify({ token, method: "PUT" });
  }

  /**
   * Stores an upload, or a part of one.
   *
   * @throws {ServerError} `invalid_argument` when the bytes do not have the MD5 signed or stated, `gone` when nobody waits for
   * them any more.
   */
  async upload(
    { key, subject, md5: signedMd5, partNumber, isSettledLater }: BlobGrant,
    body: AsyncIterable<Uint8Array>,
    statedMd5: string | undefined,
  ): Promise<BlobInfo> {
    const md5 = signedMd5 ?? statedMd5;
    const bytes = { key, body, ...(md5 !== undefined && { md5 }) };
    if (partNumber !== undefined) return this.#blobs.putPart({ ...bytes, partNumber });
    const info = await this.#blobs.put({ ...bytes, isSettledLater });
    if (subject === undefined) return info;
    try {
      await this.#uploads.completeUpload({ subject, key, info });
    } catch (error) {
      if (error instanceof ServerError && error.code === "gone") await this.#blobs.delete({ key });
      throw error;
    }
    return info;
  }
}
