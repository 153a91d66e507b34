/** Downloads to and uploads from the disk. Names come from servers, so they are checked before they become paths. */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import {
  constants,
  copyFile,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { validateFilePath } from "@steelyard/protocol";

import { ValueError } from "../core/errors.ts";
import type { Disk, DiskEntry, FolderFile, LocalFile, PartFile } from "../core/platform.ts";
import { walkFolder } from "./folder-files.ts";
import { NodePartFile } from "./part-file.ts";
import { isMissing } from "./paths.ts";

/** Large enough that a file of gigabytes is not read in a hundred thousand steps. */
const READ_BYTES = 1 << 20;

/** The local disk, seen from a working directory. */
export class NodeDisk implements Disk {
  readonly #workingDirectory: string;

  constructor(workingDirectory: string) {
    this.#workingDirectory = workingDirectory;
  }

  async resolve(root: string, name: string): Promise<string> {
    try {
      validateFilePath(name);
    } catch (cause) {
      throw new ValueError(`The name ${JSON.stringify(name)} would lie outside ${root}`, { cause });
    }
    const folder = resolve(this.#workingDirectory, root);
    const path = join(folder, ...name.split("/"));
    const outside = await leadsOutside(folder, dirname(path));
    if (outside)
      throw new ValueError(`The name ${JSON.stringify(name)} leads out of ${root} through a symbolic link`);
    return path;
  }

  async exists(path: string): Promise<boolean> {
    try {
      await stat(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async write(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${randomUUID()}.part`;
    try {
      await pipeline(content, createWriteStream(temporary, { flags: "wx" }));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async openForUpload(path: string, root: string): Promise<LocalFile> {
    const folder = resolve(this.#workingDirectory, root);
    const absolute = this.absolute(path);
    const { size, isFile } = await describe(absolute);
    if (!isFile) throw new ValueError(`${absolute} is not a file`);
    const inside = relative(folder, absolute);
    if (inside.startsWith("..") || isAbsolute(inside)) {
      throw new ValueError(`${absolute} does not lie below the root ${folder}; pass a root that holds it`);
    }
    return {
      name: inside.split(sep).join("/"),
      sizeBytes: size,
      open: () => this.read(absolute),
    };
  }

  async readText(path: string): Promise<string> {
    return readFile(this.absolute(path), "utf8");
  }

  absolute(path: string): string {
    return resolve(this.#workingDirectory, path);
  }

  async entry(path: string): Promise<DiskEntry | null> {
    try {
      const found = await stat(this.absolute(path));
      const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
      return { kind, sizeBytes: found.size, modifiedMs: found.mtimeMs };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  files(folder: string, options: { readonly followLinks: boolean }): AsyncIterable<FolderFile> {
    return walkFolder(this.absolute(folder), options);
  }

  read(path: string, range?: { readonly start: number; readonly end: number }): ReadableStream<Uint8Array> {
    const bounds = range === undefined ? {} : { start: range.start, end: range.end - 1 };
    return webStream(createReadStream(this.absolute(path), { ...bounds, highWaterMark: READ_BYTES }));
  }

  async readBytes(
    path: string,
    range?: { readonly start: number; readonly end: number },
  ): Promise<Uint8Array<ArrayBuffer>> {
    const file = await open(this.absolute(path), "r");
    try {
      if (range === undefined) return new Uint8Array(await file.readFile());
      const bytes = new Uint8Array(range.end - range.start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, range.start);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async openPart(path: string, tag: string): Promise<PartFile> {
    return NodePartFile.open(this.absolute(path), tag);
  }

  async copy(from: string, to: string): Promise<boolean> {
    await mkdir(dirname(to), { recursive: true });
    const temporary = `${to}.${randomUUID()}.part`;
    try {
      await copyFile(from, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      await rename(temporary, to);
      return true;
    } catch (error) {
      await rm(temporary, { force: true });
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async touch(path: string): Promise<void> {
    const now = new Date();
    await utimes(path, now, now);
  }
}

/** A link inside the root could still point out of it: compare the real folders, as far as they exist. */
async function leadsOutside(root: string, folder: string): Promise<boolean> {
  const realRoot = await realpathSoFar(root);
  const inside = relative(realRoot, await realpathSoFar(folder));
  return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
}

async function realpathSoFar(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return join(await realpathSoFar(dirname(path)), path.slice(dirname(path).length));
  }
}

async function describe(path: string): Promise<{ size: number; isFile: boolean }> {
  try {
    const found = await stat(path);
    return { size: found.size, isFile: found.isFile() };
  } catch (cause) {
    throw new ValueError(`${path} cannot be read`, { cause });
  }
}

function webStream(source: Readable): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const part: IteratorResult<unknown, unknown> = await chunks.next();
      if (part.done === true) controller.close();
      else if (part.value instanceof Uint8Array) controller.enqueue(part.value);
      else throw new TypeError("Expected bytes from the disk");
    },
    cancel: () => {
      source.destroy();
    },
  });
}
