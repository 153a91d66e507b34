/**
 * Blobs as files of a folder. A blob is written beside its place and moved there when it is whole, so readers see the
 * old bytes or the new ones. Its addresses are answered by this server and signed with its secret.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { threadId } from "node:worker_threads";
import { ServerError } from "../../errors.ts";
import type {
  BlobGrant,
  BlobInfo,
  BlobPartPut,
  BlobPut,
  BlobRead,
  BlobSignature,
  BlobSignatures,
  BlobStore,
  PartsCompletion,
} from "../../ports/blob-store.ts";
import type { Clock } from "../../ports/clock.ts";
import { UNFINISHED, blobPath, partFolders } from "./blob-path.ts";
import { DIGEST_BYTES, openIfThere, readBlobInfo, settleBlobFile, writeBlobFile } from "./blob-file.ts";
import { partFile, planRanges, putTogether, readPartList, readRanges } from "./blob-parts.ts";
import type { PartFolders } from "./blob-path.ts";
import { liftDeepBlobs } from "./deep-folders.ts";
import { FolderSync, syncFileSystem } from "./disk-sync.ts";
import { readToken, signToken } from "./signed-token.ts";

/** What the store is built from. */
export interface FolderBlobStoreParts {
  /** Held by this process alone; made when it is not there. */
  readonly folder: string;
  /** Whoever knows it can sign addresses. */
  readonly secret: Uint8Array;
  readonly clock: Clock;
}

/** From here on one call for the whole file system costs less than one for each file. */
const MANY = 64;
const SETTLED_AT_ONCE = 32;
/** Half of the work of pieces of 64 KiB; larger ones gain little more, and a slow reader holds two of them. */
const READ_BYTES = 256 * 1024;
/** Blobs to be settled whose size and MD5 are remembered, so that they need not be opened again. */
const MAX_REMEMBERED = 100_000;

/** `BlobStore` over a folder. */
export class FolderBlobStore implements BlobStore, BlobSignatures {
  readonly #folder: string;
  readonly #secret: Uint8Array;
  readonly #clock: Clock;
  readonly #folderSync: FolderSync = new FolderSync();
  /** Blobs of this process that wait to be settled. */
  readonly #unsettled: Map<string, BlobInfo> = new Map();
  readonly #completing: Map<string, Promise<BlobInfo>> = new Map();
  readonly #madeFolders: Set<string> = new Set();
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
    await liftDeepBlobs(parts.folder);
    return new FolderBlobStore(parts);
  }

  async put({ key, body, md5, isSettledLater = false }: BlobPut): Promise<BlobInfo> {
    const path = this.#pathOf(key);
    const info = await this.#write({ path, body, expectedMd5: md5, isDurable: !isSettledLater });
    if (!isSettledLater) this.#unsettled.delete(key);
    else if (this.#unsettled.size < MAX_REMEMBERED) this.#unsettled.set(key, info);
    return info;
  }

  async settle({ keys }: { readonly keys: readonly string[] }): Promise<ReadonlyMap<string, BlobInfo>> {
    const isAllOnDisk = keys.length >= MANY && (await syncFileSystem(this.#folder));
    const settled = new Map<string, BlobInfo>();
    for (let start = 0; start < keys.length; start += SETTLED_AT_ONCE) {
      const batch = keys.slice(start, start + SETTLED_AT_ONCE).map(async (key) => {
        const info = await this.#settleOne(key, isAllOnDisk);
        if (info !== undefined) settled.set(key, info);
      });
      await Promise.all(batch);
    }
    if (!isAllOnDisk) {
      const folders = new Set([...settled.keys()].map((key) => dirname(this.#pathOf(key))));
      for (const folder of folders) await this.#folderSync.sync(folder);
    }
    for (const key of settled.keys()) this.#unsettled.delete(key);
    return settled;
  }

  async find({ key }: { readonly key: string }): Promise<BlobInfo | undefined> {
    const info = await readBlobInfo(this.#pathOf(key));
    if (info !== undefined) return info;
    const parts = await readPartList(this.#partsOf(key).whole);
    return parts && { sizeBytes: parts.sizeBytes, md5: parts.md5 };
  }

  async read({ key, start = 0, end }: BlobRead): Promise<AsyncIterable<Uint8Array> | undefined> {
    const file = await openIfThere(this.#pathOf(key));
    if (file === undefined) return this.#readParts(key, start, end);
    const sizeBytes = (await file.stat()).size - DIGEST_BYTES;
    const stop = Math.min(end ?? sizeBytes, sizeBytes);
    if (start >= stop) {
      await file.close();
      return Readable.from([]);
    }
    // The end of a read stream is inclusive; the stream closes the file.
    return file.createReadStream({ start, end: stop - 1, highWaterMark: READ_BYTES });
  }

  async delete({ key }: { readonly key: string }): Promise<void> {
    this.#unsettled.delete(key);
    const { waiting, whole } = this.#partsOf(key);
    await rm(this.#pathOf(key), { force: true });
    await rm(waiting, { recursive: true, force: true });
    await rm(whole, { recursive: true, force: true });
  }

  async putPart({ key, partNumber, body, md5 }: BlobPartPut): Promise<BlobInfo> {
    const path = partFile(this.#partsOf(key).waiting, partNumber);
    return this.#write({ path, body, expectedMd5: md5, isDurable: true });
  }

  completeParts(request: PartsCompletion): Promise<BlobInfo> {
    const { key } = request;
    let completing = this.#completing.get(key);
    if (completing === undefined) {
      completing = this.#completeParts(request).finally(() => this.#completing.delete(key));
      this.#completing.set(key, completing);
    }
    return completing;
  }

  sign(request: BlobSignature): Promise<string> {
    const { baseUrl, key, method, subject, fileName, md5, partNumber, isSettledLater } = request;
    const token = signToken(this.#secret, {
      key,
      method,
      expiresAt: this.#seconds() + request.expiresInSeconds,
      ...(subject !== undefined && { subject }),
      ...(fileName !== undefined && { fileName }),
      ...(md5 !== undefined && { md5 }),
      ...(partNumber !== undefined && { partNumber }),
      ...(isSettledLater === true && { isSettledLater }),
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
    const { key, subject, fileName, md5, partNumber, isSettledLater = false } = claims;
    return { key, subject, fileName, md5, partNumber, isSettledLater };
  }

  async #write(write: Parameters<typeof writeBlobFile>[0]): Promise<BlobInfo> {
    this.#puts += 1;
    const unfinished = join(this.#folder, UNFINISHED, `${threadId}-${this.#puts}`);
    const folder = dirname(write.path);
    try {
      const info = await writeBlobFile({ ...write, path: unfinished });
      await this.#makeFolder(folder);
      await this.#moveInto(unfinished, write.path);
      if (write.isDurable) await this.#folderSync.sync(folder);
      return info;
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  /** The folder of parts may have been put away with them since it was made. */
  async #moveInto(from: string, to: string): Promise<void> {
    try {
      await rename(from, to);
    } catch (error) {
      this.#madeFolders.delete(dirname(to));
      await this.#makeFolder(dirname(to));
      await rename(from, to).catch(() => {
        throw error;
      });
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#madeFolders.has(folder)) return;
    const first = await mkdir(folder, { recursive: true });
    // A new folder's own entry must be on disk before anything in it is.
    if (first !== undefined) await this.#folderSync.sync(dirname(first));
    if (dirname(folder) === this.#folder) this.#madeFolders.add(folder);
  }

  async #settleOne(key: string, isOnDisk: boolean): Promise<BlobInfo | undefined> {
    if (!isOnDisk) return (await settleBlobFile(this.#pathOf(key))) ?? this.find({ key });
    return this.#unsettled.get(key) ?? this.find({ key });
  }

  async #readParts(
    key: string,
    start: number,
    end: number | undefined,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { whole } = this.#partsOf(key);
    const parts = await readPartList(whole);
    return parts && readRanges(planRanges(whole, parts.parts, { start, end: end ?? parts.sizeBytes }));
  }

  async #completeParts(request: PartsCompletion): Promise<BlobInfo> {
    const there = await this.find(request);
    if (there?.md5 === request.md5) return there;
    return putTogether(this.#partsOf(request.key), request, this.#folderSync);
  }

  #seconds(): number {
    return Date.parse(this.#clock.now()) / 1000;
  }

  #pathOf(key: string): string {
    return blobPath(this.#folder, key);
  }

  #partsOf(key: string): PartFolders {
    return partFolders(this.#folder, key);
  }
}
