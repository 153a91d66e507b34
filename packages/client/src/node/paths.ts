/** Small questions about paths and file errors that the readers of this folder share. */
import { join } from "node:path";

/** Replaces a leading `~` by the home folder. */
export function expandHome(path: string, home: string): string {
  if (path === "~") return home;
  return path.startsWith("~/") ? join(home, path.slice(2)) : path;
}

/** Whether an error of the file system means that nothing is there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
