/** Blobs of the first data folders lie one folder deeper than blobs do now; they are moved to where they are looked for. */
import { readdir, rename, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";

const SHARD = /^[0-9a-f]{2}$/;

/** Moves every blob up that lies two folders deep. Cut short, it goes on from there the next time. */
export async function liftDeepBlobs(folder: string): Promise<void> {
  for (const shard of await readdir(folder)) {
    if (!SHARD.test(shard)) continue;
    const path = join(folder, shard);
    // Two links are the folder's own, a further one each folder in it; file systems that do not count them say 1.
    if ((await stat(path)).nlink === 2) continue;
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isDirectory() && SHARD.test(entry.name)) await liftFolder(join(path, entry.name), path);
    }
  }
}

async function liftFolder(deep: string, target: string): Promise<void> {
  for (const name of await readdir(deep)) await rename(join(deep, name), join(target, name));
  await rmdir(deep);
}
