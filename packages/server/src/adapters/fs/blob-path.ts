/** Where a blob's file lies in its folder. */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** The folder of what is being written. */
export const UNFINISHED = "unfinished";

/** The path of a key: hashed, so that no key can leave the folder and no subfolder becomes too large. */
export function blobPath(folder: string, key: string): string {
  const name = blobFileName(key);
  return join(folder, name.slice(0, 2), name.slice(2, 4), name);
}

/** The name of a key's file. */
export function blobFileName(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
