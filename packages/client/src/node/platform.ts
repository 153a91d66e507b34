/** What `#platform` means in Node, Bun and Deno: the process's environment, the user's files, the disk. */
import { homedir } from "node:os";

import { createNodeHasher } from "./digests.ts";
import { cacheFolder } from "./cache-folder.ts";
import type { Platform } from "../core/platform.ts";
import { NodeDisk } from "./disk.ts";
import { readNetrc } from "./netrc.ts";
import { createNodeCodec } from "./sealed-codec.ts";
import { readSettingsFiles } from "./settings-files.ts";

/** What a Node platform reads from; a test gives its own. */
export interface NodePlatformOptions {
  /** @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** @default the user's home */
  readonly home?: string;
  /** @default the working directory */
  readonly workingDirectory?: string;
}

/** A platform over the given environment and folders; by default those of the process. */
export function createNodePlatform(options: NodePlatformOptions = {}): Platform {
  const environment = options.environment ?? process.env;
  const home = options.home ?? homedir();
  const workingDirectory = options.workingDirectory ?? process.cwd();
  return {
    environment: () => environment,
    settingsFiles: () => readSettingsFiles({ environment, home, workingDirectory }),
    netrc: (host) => readNetrc(host, { environment, home }),
    disk: new NodeDisk(workingDirectory),
    cacheFolder: () => cacheFolder(environment, home),
    createHasher: createNodeHasher,
    sealedCodec: createNodeCodec,
  };
}

/** The platform of this runtime. */
export function detectPlatform(): Platform {
  return createNodePlatform();
}
