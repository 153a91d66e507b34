/** Where a blob's file lies in its folder. */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** The folder of what is being written. */
export const UNFINISHED = "unfinished";

/** The folder of parts that are not put together yet. */
const WAITING_PARTS = "parts";
const WHOLE_SUFFIX = ".parts";

/** Where the parts of one blob lie. */
export interface PartFolders {
  /** Before they are put together. */
  readonly waiting: string;
  /** Afterwards. */
  readonly whole: string;
}

/**
 * The path of a key: hashed, so that no key can leave the folder and its subfolders fill alike. There are 256 of them, so
 * that hardly any upload has to make one.
 */
export function blobPath(folder: string, key: string): string {
  const name = blobFileName(key);
  return join(folder, name.slice(0, 2), name);
}

/** The name of a key's file. */
export function blobFileName(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** The folders of the parts of a key. */
export function partFolders(folder: string, key: string): PartFolders {
  const whole = `${blobPath(folder, key)}${WHOLE_SUFFIX}`;
  return { waiting: join(folder, WAITING_PARTS, blobFileName(key)), whole };
}

/** The name of the key's file that a path inside the folder belongs to, as `blobFileName` makes it. */
export function ownerOf(path: string): string {
  const [, name = ""] = path.split(/[\\/]/);
  return name.endsWith(WHOLE_SUFFIX) ? name.slice(0, -WHOLE_SUFFIX.length) : name;
}
