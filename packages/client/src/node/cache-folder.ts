/** Where W&B's clients keep what may be thrown away: ours is beside theirs, so that one setting moves both. */
import { platform } from "node:os";
import { join } from "node:path";

import { expandHome } from "./paths.ts";

/** The cache folder: `WANDB_CACHE_DIR`, else the system's folder for caches with `wandb` below it. */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>>, home: string): string {
  const own = environment["WANDB_CACHE_DIR"] ?? "";
  if (own !== "") return expandHome(own, home);
  const system = environment["XDG_CACHE_HOME"] ?? "";
  if (system !== "") return join(system, "wandb");
  return platform() === "darwin" ? join(home, "Library/Caches/wandb") : join(home, ".cache/wandb");
}
