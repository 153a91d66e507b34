/** Checks the folder of blobs against what refers to them: each is there, whole and of the digest it says. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Findings } from "../../modules/integrity/findings.ts";
import { readBlobInfo } from "./blob-file.ts";
import { hashRanges, partFile, planRanges, readPartList } from "./blob-parts.ts";
import type { PartList } from "./blob-parts.ts";
import { UNFINISHED, blobFileName, blobPath, ownerOf, partFolders } from "./blob-path.ts";

/** A blob that something refers to. */
export interface BlobReference {
  readonly key: string;
  readonly sizeBytes: number;
  /** In base64; null where nobody wrote it down. */
  readonly md5: string | null;
  /** What refers to it, for people. */
  readonly what: string;
}

/** What the check is built from. */
export interface BlobCheckParts {
  readonly folder: string;
  readonly findings: Findings;
  /** Whether the bytes of every blob are read and their digests compared. */
  readonly isFull: boolean;
}

/** A digest's first digits are enough to tell files apart, and take less memory for millions of them. */
const NAME_DIGITS = 20;

/** Looks at blobs. */
export class BlobCheck {
  readonly #folder: string;
  readonly #findings: Findings;
  readonly #isFull: boolean;
  readonly #known = new Set<string>();

  constructor({ folder, findings, isFull }: BlobCheckParts) {
    this.#folder = folder;
    this.#findings = findings;
    this.#isFull = isFull;
  }

  /** A blob that may be there or not: one that is being written or is about to go. */
  expect(key: string): void {
    this.#known.add(blobFileName(key).slice(0, NAME_DIGITS));
  }

  /** Checks a blob; true when it is as it should be. */
  async check({ key, sizeBytes, md5, what }: BlobReference): Promise<boolean> {
    this.expect(key);
    const path = blobPath(this.#folder, key);
    const wrong = (sentence: string): false => {
      this.#findings.problem("blob", what, `${sentence} (${relative(this.#folder, path)})`);
      return false;
    };
    const parts = await this.#findParts(key);
    const info = parts ?? (await readBlobInfo(path).catch(() => null));
    if (info === undefined) return wrong("Its blob is missing.");
    if (info === null) return wrong("Its blob is cut off.");
    this.#findings.counts.blobs += 1;
    this.#findings.counts.blobBytes += info.sizeBytes;
    if (info.sizeBytes !== sizeBytes) {
      return wrong(`Its blob has ${info.sizeBytes} bytes; expected ${sizeBytes}.`);
    }
    if (md5 !== null && info.md5 !== md5) return wrong("Its blob is another one: the digest differs.");
    const { whole } = partFolders(this.#folder, key);
    const ranges = parts && planRanges(whole, parts.parts, { start: 0, end: sizeBytes });
    const digest = (): Promise<string> =>
      ranges === undefined ? digestOf(path, sizeBytes) : hashRanges(ranges);
    if (this.#isFull && (await digest()) !== info.md5) {
      return wrong("Its blob is damaged: the bytes do not have the digest.");
    }
    return true;
  }

  /** A blob that came in parts, when it did and all of them are there. */
  async #findParts(key: string): Promise<PartList | undefined> {
    const { whole } = partFolders(this.#folder, key);
    const list = await readPartList(whole).catch(() => undefined);
    if (list === undefined) return undefined;
    for (const [index, sizeBytes] of list.parts.entries()) {
      const info = await readBlobInfo(partFile(whole, index + 1)).catch(() => undefined);
      if (info?.sizeBytes !== sizeBytes) return undefined;
    }
    return list;
  }

  /** Notes the files that nothing refers to; call it when all references are checked. */
  async noteOrphans(): Promise<void> {
    for await (const path of filesBelow(this.#folder)) {
      const inside = relative(this.#folder, path);
      const name = ownerOf(inside);
      if (inside.startsWith(UNFINISHED)) {
        this.#findings.note("orphan", inside, "An upload was not finished; the next start removes it.");
      } else if (!this.#known.has(name.slice(0, NAME_DIGITS))) {
        this.#findings.note("orphan", inside, "Nothing refers to this blob.");
      }
    }
  }
}

async function digestOf(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash("md5");
  if (sizeBytes > 0) {
    // The end of a read stream is inclusive; the digest comes after the bytes.
    for await (const chunk of createReadStream(path, { end: sizeBytes - 1 })) {
      if (Buffer.isBuffer(chunk)) hash.update(chunk);
    }
  }
  return hash.digest("base64");
}

async function* filesBelow(folder: string): AsyncGenerator<string, void, undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}
