/**
 * The namespace of a file's keys, as W&B's client gives it: its folder below the folder that all of them share, so that
 * `logs/train` and `logs/eval` give `train/loss` and `eval/loss`, and a single folder gives its own name.
 */

/** Which folder the namespaces are relative to, found from the files that there are at first. */
export class Namespaces {
  readonly #root: string;

  /** @param paths The files' paths, with slashes. */
  constructor(paths: readonly string[]) {
    const [only] = paths;
    const folders = paths.map(folderOf);
    this.#root = folders.length === 0 || only === undefined ? "" : folderOf(sharedPrefix(folders));
  }

  /** The namespace of a file; a file outside of what was found at first goes by its folder's own name. */
  of(path: string): string {
    const folder = folderOf(path);
    const isBelow = folder === this.#root || folder.startsWith(`${this.#root}/`) || this.#root === "";
    return (isBelow ? folder.slice(this.#root.length) : folder.slice(folder.lastIndexOf("/"))).replace(
      /^\/+/u,
      "",
    );
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function sharedPrefix(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && other[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, length);
}
