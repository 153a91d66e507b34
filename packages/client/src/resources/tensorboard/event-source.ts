/** Where event files come from: a folder of the disk, or files that a page was given. */
import { UnsupportedError, ValueError } from "../../core/errors.ts";
import type { Platform } from "../../core/platform.ts";
import type { UploadSource } from "../files/upload.ts";

/** A file that is in memory or that a user chose in a browser. */
export interface TensorboardFile {
  /** Its path with slashes, such as `webkitRelativePath`; the folder is the namespace of its keys. */
  readonly name: string;
  readonly content: Blob;
}

/** An event file that can be read in part. */
export interface EventFile {
  /** Its path with slashes. */
  readonly path: string;
  /** How large it is now. */
  sizeBytes(): Promise<number>;
  /** Its bytes from one offset up to, not including, another. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** The whole file, to be uploaded under a name. */
  toUpload(name: string): Promise<UploadSource>;
}

const FILE_MARK = ".tfevents.";

/**
 * Lists the event files below a folder, or among the given files, by their paths. New ones can appear at any time.
 *
 * @throws {ValueError} when there is nothing at the path, or it is a file of another kind.
 * @throws {UnsupportedError} for a path where there is no disk.
 */
export async function listEventFiles(
  { disk }: Platform,
  source: string | readonly TensorboardFile[],
): Promise<readonly EventFile[]> {
  if (typeof source !== "string")
    return source
      .filter(({ name }) => isEventFile(name))
      .map(fileOfBlob)
      .sort(byPath);
  if (disk === null)
    throw new UnsupportedError("This runtime has no disk: pass files with names instead of a path");
  const fileAt = (path: string): EventFile => ({
    path: path.replaceAll("\\", "/"),
    sizeBytes: async () => (await disk.entry(path))?.sizeBytes ?? 0,
    read: (start, end) => disk.readBytes(path, { start, end }),
    // It may grow while it is sent; its size was announced before.
    toUpload: async (name) => {
      const sizeBytes = (await disk.entry(path))?.sizeBytes ?? 0;
      return { name, sizeBytes, open: () => disk.read(path, { start: 0, end: sizeBytes }) };
    },
  });
  const root = disk.absolute(source);
  const entry = await disk.entry(root);
  if (entry === null) throw new ValueError(`There is nothing at ${root}`);
  if (entry.kind === "file") {
    if (!isEventFile(root)) throw new ValueError(`${root} is no event file: its name has no "${FILE_MARK}"`);
    return [fileAt(root)];
  }
  const files: EventFile[] = [];
  for await (const { name, path } of disk.files(root, { followLinks: true }))
    if (isEventFile(name)) files.push(fileAt(path));
  return files.sort(byPath);
}

function fileOfBlob({ name, content }: TensorboardFile): EventFile {
  return {
    path: name.replaceAll("\\", "/"),
    sizeBytes: () => Promise.resolve(content.size),
    read: async (start, end) => new Uint8Array(await content.slice(start, end).arrayBuffer()),
    toUpload: (uploadName) => Promise.resolve({ name: uploadName, content }),
  };
}

function isEventFile(path: string): boolean {
  return path.slice(path.search(/[^/\\]*$/u)).includes(FILE_MARK);
}

function byPath(a: EventFile, b: EventFile): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
