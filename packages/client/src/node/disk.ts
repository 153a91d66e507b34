/** Downloads to and uploads from the disk. Names come from servers, so they are checked before they become paths. */
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { validateFilePath } from "@steelyard/protocol";

import { ValueError } from "../core/errors.ts";
import type { Disk, LocalFile } from "../core/platform.ts";
import { isMissing } from "./paths.ts";

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
    const absolute = resolve(this.#workingDirectory, path);
    const { size, isFile } = await describe(absolute);
    if (!isFile) throw new ValueError(`${absolute} is not a file`);
    const inside = relative(folder, absolute);
    if (inside.startsWith("..") || isAbsolute(inside)) {
      throw new ValueError(`${absolute} does not lie below the root ${folder}; pass a root that holds it`);
    }
    return {
      name: inside.split(sep).join("/"),
      sizeBytes: size,
      open: () => webStream(createReadStream(absolute)),
    };
  }

  async readText(path: string): Promise<string> {
    return readFile(resolve(this.#workingDirectory, path), "utf8");
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
