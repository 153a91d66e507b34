/**
 * A file on the way: named for its target and the content it is to have. Two processes that fetch the same content write
 * the same bytes to the same places, so they need no lock; whoever ends first makes it the target.
 */
import { createReadStream } from "node:fs";
import { constants, mkdir, open, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

import type { PartFile } from "../core/platform.ts";
import { isMissing } from "./paths.ts";

/** The part file of a target. */
export class NodePartFile implements PartFile {
  readonly sizeBytes: number;
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #target: string;
  #isOpen = true;

  private constructor(handle: FileHandle, sizeBytes: number, path: string, target: string) {
    this.#handle = handle;
    this.sizeBytes = sizeBytes;
    this.#path = path;
    this.#target = target;
  }

  /** Opens the part file of a target, which may hold the beginning already. */
  static async open(target: string, tag: string): Promise<NodePartFile> {
    await mkdir(dirname(target), { recursive: true });
    const path = `${target}.${tag}.part`;
    // A link in its place would lead the bytes elsewhere.
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    const handle = await open(path, flags, 0o666);
    const { size } = await handle.stat();
    return new NodePartFile(handle, size, path, target);
  }

  existing(): AsyncIterable<Uint8Array> {
    return this.sizeBytes === 0 ? nothing() : createReadStream(this.#path, { end: this.sizeBytes - 1 });
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, offset + done);
      done += bytesWritten;
    }
  }

  async commit(): Promise<void> {
    await this.close();
    try {
      await rename(this.#path, this.#target);
    } catch (error) {
      // Another download of the same content was first.
      if (!isMissing(error)) throw error;
    }
  }

  async discard(): Promise<void> {
    await this.close();
    await rm(this.#path, { force: true });
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#handle.close();
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
