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

/** Writes a blob to a new file and ends when it is on disk. Throws `invalid_argument` when the MD5 is not the one expected. */
export async function writeBlobFile(
  path: string,
  body: AsyncIterable<Uint8Array>,
  expectedMd5: string | undefined,
): Promise<BlobInfo> {
  await using file = await open(path, "wx");
  const hash = createHash("md5");
  let sizeBytes = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
    await writeAll(file, chunk);
  }
  const digest = hash.digest();
  const md5 = digest.toString("base64");
  if (expectedMd5 !== undefined && expectedMd5 !== md5) {
    const message = `The content's MD5 is ${md5}, but ${expectedMd5} was announced`;
    throw new ServerError("invalid_argument", message, { field: "md5" });
  }
  await writeAll(file, digest);
  await file.sync();
  return { sizeBytes, md5 };
}

/** What is known of a blob's file, or undefined when it is not there. */
export async function readBlobInfo(path: string): Promise<BlobInfo | undefined> {
  await using file = await openIfThere(path);
  if (file === undefined) return undefined;
  const sizeBytes = (await file.stat()).size - DIGEST_BYTES;
  const digest = Buffer.alloc(DIGEST_BYTES);
  const { bytesRead } = await file.read(digest, 0, DIGEST_BYTES, Math.max(0, sizeBytes));
  if (sizeBytes < 0 || bytesRead < DIGEST_BYTES) throw new ServerError("internal", `${path} is no blob`);
  return { sizeBytes, md5: digest.toString("base64") };
}

/** Opens a file for reading, or undefined when it is not there. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, offset);
    offset += bytesWritten;
  }
}
