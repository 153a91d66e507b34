/**
 * Blobs as files of a folder. A blob is written beside its place and moved there when it is whole and on disk, so
 * readers see the old bytes or the new ones. Its addresses are answered by this server and signed with its secret.
 */
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { threadId } from "node:worker_threads";
import { ServerError } from "../../errors.ts";
import type {
  BlobGrant,
  BlobInfo,
  BlobPut,
  BlobRead,
  BlobSignature,
  BlobSignatures,
  BlobStore,
} from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import { UNFINISHED, blobPath } from "./blob-path.ts";
import { DIGEST_BYTES, openIfThere, readBlobInfo, writeBlobFile } from "./blob-file.ts";
import { readToken, signToken } from "./signed-token.ts";

/** What the store is built from. */
export interface FolderBlobStoreParts {
  /** Held by this process alone; made when it is not there. */
  readonly folder: string;
  /** Whoever knows it can sign addresses. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
}

/** `BlobStore` over a folder. */
export class FolderBlobStore implements BlobStore, BlobSignatures {
  readonly #folder: string;
  readonly #secret: Uint8Array;
  readonly #clock: Clock;
  #puts = 0;

  private constructor({ folder, secret, clock }: FolderBlobStoreParts) {
    this.#folder = folder;
    this.#secret = secret;
    this.#clock = clock;
  }

  /**
   * The blobs of a folder that this process has open already, for another thread of it. Addresses are signed by whoever
   * opened the folder.
   */
  static join(
    parts: Omit<FolderBlobStoreParts, "secret">,
  ): Pick<BlobStore, "put" | "find" | "read" | "delete"> {
    return new FolderBlobStore({ ...parts, secret: new Uint8Array() });
  }

  /** Opens the folder and clears away what a process before left unfinished. */
  static async open(parts: FolderBlobStoreParts): Promise<FolderBlobStore> {
    const unfinished = join(parts.folder, UNFINISHED);
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    return new FolderBlobStore(parts);
  }

  async put({ key, body, md5 }: BlobPut): Promise<BlobInfo> {
    this.#puts += 1;
    const unfinished = join(this.#folder, UNFINISHED, `${threadId}-${this.#puts}`);
    try {
      const info = await writeBlobFile(unfinished, body, md5);
      const path = this.#pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      await rename(unfinished, path);
      await syncFolder(dirname(path));
      return info;
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  find({ key }: { readonly key: string }): Promise<BlobInfo | undefined> {
    return readBlobInfo(this.#pathOf(key));
  }

  async read({ key, start = 0, end }: BlobRead): Promise<AsyncIterable<Uint8Array> | undefined> {
    const file = await openIfThere(this.#pathOf(key));
    if (file === undefined) return undefined;
    const sizeBytes = (await file.stat()).size - DIGEST_BYTES;
    const stop = Math.min(end ?? sizeBytes, sizeBytes);
    if (start >= stop) {
      await file.close();
      return Readable.from([]);
    }
    // The end of a read stream is inclusive; the stream closes the file.
    return file.createReadStream({ start, end: stop - 1 });
  }

  async delete({ key }: { readonly key: string }): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  sign({ baseUrl, key, method, subject, fileName, md5, expiresInSeconds }: BlobSignature): Promise<string> {
    const token = signToken(this.#secret, {
      key,
      method,
      expiresAt: this.#seconds() + expiresInSeconds,
      ...(subject !== undefined && { subject }),
      ...(fileName !== undefined && { fileName }),
      ...(md5 !== undefined && { md5 }),
    });
    const name = fileName?.split("/").at(-1) ?? "blob";
    return Promise.resolve(`${baseUrl}/blobs/${token}/${encodeURIComponent(name)}`);
  }

  verify({ token, method }: { readonly token: string; readonly method: "GET" | "PUT" }): BlobGrant {
    const claims = readToken(this.#secret, token);
    if (claims.method !== method) {
      throw new ServerError("permission_denied", `This address was signed for ${claims.method}`);
    }
    if (claims.expiresAt < this.#seconds()) throw new ServerError("gone", "This address has expired");
    const { key, subject, fileName, md5 } = claims;
    return { key, subject, fileName, md5 };
  }

  #seconds(): number {
    return Date.parse(this.#clock.now()) / 1000;
  }

  #pathOf(key: string): string {
    return blobPath(this.#folder, key);
  }
}

/** Makes a rename in the folder survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  // Windows keeps its own journal and does not open folders.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
