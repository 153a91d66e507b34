/** Walks a folder in the order of its files' names. Links are looked at before they are followed. */
import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";

import { ValueError } from "../core/errors.ts";
import type { FolderFile } from "../core/platform.ts";
import { isMissing } from "./paths.ts";

/** How a walk deals with links. */
export interface WalkOptions {
  /** Whether links may lead out of the folder. */
  readonly followLinks: boolean;
}

/**
 * All files below a folder.
 *
 * @throws {ValueError} for a link out of the folder unless links are followed, for a circle of links, and for what is
 *   neither file nor folder.
 */
export async function* walkFolder(folder: string, options: WalkOptions): AsyncGenerator<FolderFile> {
  yield* walk({ folder, name: "", root: await realpath(folder), above: [] }, options);
}

interface Place {
  readonly folder: string;
  readonly name: string;
  readonly root: string;
  readonly above: readonly string[];
}

async function* walk({ folder, name, root, above }: Place, options: WalkOptions): AsyncGenerator<FolderFile> {
  const real = await realpath(folder);
  if (above.includes(real)) throw new ValueError(`${folder} leads back to a folder above it`);
  const children = await readdir(folder, { withFileTypes: true });
  children.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const child of children) {
    const path = join(folder, child.name);
    const inside = name === "" ? child.name : `${name}/${child.name}`;
    if (child.isSymbolicLink() && !options.followLinks && isOutside(root, await realpath(path))) {
      throw new ValueError(`${path} is a link out of the folder; set followLinks to add what it leads to`);
    }
    const found = await statUnlessGone(path, child.isSymbolicLink());
    if (found === undefined) continue;
    if (found.isFile()) yield { name: inside, path, sizeBytes: found.size };
    else if (found.isDirectory()) {
      yield* walk({ folder: path, name: inside, root, above: [...above, real] }, options);
    } else throw new ValueError(`${path} is neither a file nor a folder`);
  }
}

/** What is at a path; undefined when it was deleted during the walk. A link to nothing is an error. */
async function statUnlessGone(path: string, isLink: boolean): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (!isLink && isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a real path lies outside a real folder. */
function isOutside(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
}
