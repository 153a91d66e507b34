/** Paths of manifests: their order, and what they become when a caller writes them. */
import { validateFilePath } from "@steelyard/protocol";

import { ValueError } from "../../../core/errors.ts";

/** A path as manifests spell it: slashes, no `./` in front, no slash at the end. */
export function toManifestPath(path: string): string {
  const parts = path.replaceAll("\\", "/").split("/");
  return parts.filter((part, index) => part !== "." && (part !== "" || index === 0)).join("/");
}

/**
 * Checks that a path can be the name of a file inside an artifact.
 *
 * @throws {ValueError} for an absolute path, one that leads outside, or one that no file can have.
 */
export function checkManifestPath(path: string): string {
  try {
    return validateFilePath(path);
  } catch (cause) {
    throw new ValueError(`${JSON.stringify(path)} cannot be the path of a file in an artifact`, { cause });
  }
}

/** Compares texts by code points, as Python does; JavaScript's own order is by UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return weight(left) - weight(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all single units, so they weigh more than those that are numbered above them. */
function weight(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}
