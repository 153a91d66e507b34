/**
 * Blobs that came in parts. The parts stay files of their own, for ever: putting them together writes a list of them
 * beside them and renames their folder, so that no byte is written twice.
 */
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ServerError } from "../../errors.ts";
import type { BlobInfo, PartsCompletion } from "../../ports/blob-store.ts";
import {
  isStoredList,
  isStoredNumber,
  isStoredObject,
  isStoredText,
  parseStored,
} from "../json/stored-json.ts";
import { isMissing, readBlobInfo } from "./blob-file.ts";
import type { PartFolders } from "./blob-path.ts";
import type { FolderSync } from "./disk-sync.ts";

/** Bytes of one part to read; `end` is exclusive. */
export interface PartRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** What is written down of a whole blob. */
export interface PartList extends BlobInfo {
  /** The sizes of the parts, in their order. */
  readonly parts: readonly number[];
}

const LIST_FILE = "parts.json";

/** The file of a part. */
export function partFile(folder: string, partNumber: number): string {
  return join(folder, String(partNumber));
}

/** What is known of a blob that was put together, or undefined when it was not. */
export async function readPartList(folder: string): Promise<PartList | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, LIST_FILE), "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  return parseStored(text, isPartList);
}

/** Puts parts together. Throws as `BlobStore.completeParts` does. */
export async function putTogether(
  folders: PartFolders,
  { parts, md5 }: PartsCompletion,
  folderSync: FolderSync,
): Promise<BlobInfo> {
  const sizes: number[] = [];
  for (const part of parts) {
    const info = await readBlobInfo(partFile(folders.waiting, part.partNumber));
    if (info?.md5 !== part.md5) {
      const what = info === undefined ? "was not uploaded" : "is another than stated";
      throw new ServerError("conflict", `Part ${part.partNumber} of the file ${what}; upload it again`);
    }
    sizes.push(info.sizeBytes);
  }
  const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
  const paths = parts.map((part) => partFile(folders.waiting, part.partNumber));
  const found = await hashRanges(paths.map((path, i) => ({ path, start: 0, end: sizes[i] ?? 0 })));
  if (found !== md5) {
    const message = `The content's MD5 is ${found}, but ${md5} was announced`;
    throw new ServerError("invalid_argument", message, { field: "md5" });
  }
  // The list counts parts from 1, whatever numbers they came with.
  for (const [index, path] of paths.entries()) {
    const inOrder = partFile(folders.waiting, index + 1);
    if (path !== inOrder) await rename(path, inOrder);
  }
  await writeList(join(folders.waiting, LIST_FILE), { sizeBytes, md5, parts: sizes });
  await folderSync.sync(folders.waiting);
  await mkdir(dirname(folders.whole), { recursive: true });
  await rm(folders.whole, { recursive: true, force: true });
  await rename(folders.waiting, folders.whole);
  await folderSync.sync(dirname(folders.whole));
  return { sizeBytes, md5 };
}

/** Which bytes of which parts make a range of the whole. */
export function planRanges(
  folder: string,
  sizes: readonly number[],
  range: { readonly start: number; readonly end: number },
): readonly PartRange[] {
  const ranges: PartRange[] = [];
  let offset = 0;
  for (const [index, size] of sizes.entries()) {
    const start = Math.max(range.start - offset, 0);
    const end = Math.min(range.end - offset, size);
    if (start < end) ranges.push({ path: partFile(folder, index + 1), start, end });
    offset += size;
  }
  return ranges;
}

/** The bytes of ranges, one after the other. */
export async function* readRanges(ranges: readonly PartRange[]): AsyncGenerator<Uint8Array> {
  for (const { path, start, end } of ranges) {
    const file = await open(path, "r");
    // The end of a read stream is inclusive; the stream closes the file.
    for await (const chunk of file.createReadStream({ start, end: end - 1, highWaterMark: 1024 * 1024 })) {
      if (!(chunk instanceof Uint8Array)) throw new ServerError("internal", "A part was read as text");
      yield chunk;
    }
  }
}

/** The MD5 of ranges, one after the other, in base64. */
export async function hashRanges(ranges: readonly PartRange[]): Promise<string> {
  const hash = createHash("md5");
  const filled = ranges.filter(({ start, end }) => start < end);
  for await (const chunk of readRanges(filled)) hash.update(chunk);
  return hash.digest("base64");
}

async function writeList(path: string, parts: PartList): Promise<void> {
  await using file = await open(path, "w");
  await file.writeFile(JSON.stringify(parts));
  await file.sync();
}

function isPartList(value: unknown): value is PartList {
  return (
    isStoredObject(value) &&
    isStoredNumber(value["sizeBytes"]) &&
    isStoredText(value["md5"]) &&
    isStoredList(value["parts"], isStoredNumber)
  );
}
