/**
 * The form of a blob on disk: its bytes, then the 16 bytes of their MD5. Digest and content are one file, so a rename
 * puts both in place at once.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { ServerError } from "../../errors.ts";
import type { BlobInfo } from "../../ports/blob-store.ts";

/** What follows the bytes in the file. */
export const DIGEST_BYTES = 16;

/** Up to this many bytes are written at once, with their digest: most blobs are small, and each write is a round trip. */
const WRITTEN_AT_ONCE = 256 * 1024;

/** A blob file to write. */
export interface BlobFileWrite {
  readonly path: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly expectedMd5: string | undefined;
  /** Whether the bytes must be on disk at the end. */
  readonly isDurable: boolean;
}

/** Writes a blob to a new file. Throws `invalid_argument` when the MD5 is not the one expected. */
export async function writeBlobFile({
  path,
  body,
  expectedMd5,
  isDurable,
}: BlobFileWrite): Promise<BlobInfo> {
  await using file = new LazyFile(path);
  const hash = createHash("md5");
  let sizeBytes = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
    await file.append(chunk);
  }
  const digest = hash.digest();
  const md5 = digest.toString("base64");
  if (expectedMd5 !== undefined && expectedMd5 !== md5) {
    const message = `The content's MD5 is ${md5}, but ${expectedMd5} was announced`;
    throw new ServerError("invalid_argument", message, { field: "md5" });
  }
  await file.end(digest, isDurable);
  return { sizeBytes, md5 };
}

/** What is known of a blob's file, or undefined when it is not there. */
export async function readBlobInfo(path: string): Promise<BlobInfo | undefined> {
  await using file = await openIfThere(path);
  // Awaited here, because the file is closed when this function ends.
  return file === undefined ? undefined : await readInfo(file, path);
}

/** As `readBlobInfo`, and has the bytes on disk at the end. */
export async function settleBlobFile(path: string): Promise<BlobInfo | undefined> {
  // Some systems write only what a file open for writing holds.
  await using file = await openIfThere(path, "r+");
  if (file === undefined) return undefined;
  await file.datasync();
  return await readInfo(file, path);
}

/** Opens a file, or undefined when it is not there. @default for reading */
export async function openIfThere(path: string, flags: "r" | "r+" = "r"): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error says that a file is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function readInfo(file: FileHandle, path: string): Promise<BlobInfo> {
  const sizeBytes = (await file.stat()).size - DIGEST_BYTES;
  const digest = Buffer.alloc(DIGEST_BYTES);
  const { bytesRead } = await file.read(digest, 0, DIGEST_BYTES, Math.max(0, sizeBytes));
  if (sizeBytes < 0 || bytesRead < DIGEST_BYTES) throw new ServerError("internal", `${path} is no blob`);
  return { sizeBytes, md5: digest.toString("base64") };
}

/** A new file that is made when there is enough to write. */
class LazyFile implements AsyncDisposable {
  readonly #path: string;
  #file: FileHandle | undefined;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.byteLength;
    if (this.#waitingBytes > WRITTEN_AT_ONCE) await this.#write();
  }

  async end(last: Uint8Array, isDurable: boolean): Promise<void> {
    this.#waiting.push(last);
    const file = await this.#write();
    if (isDurable) await file.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
  }

  async #write(): Promise<FileHandle> {
    this.#file ??= await open(this.#path, "wx");
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (let offset = 0; offset < bytes.byteLength;) {
      const { bytesWritten } = await this.#file.write(bytes, offset);
      offset += bytesWritten;
    }
    return this.#file;
  }
}
