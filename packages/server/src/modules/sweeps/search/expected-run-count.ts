/** How many runs a sweep will have, as far as its configuration says. */
import type { SweepConfig } from "../sweep-config.ts";
import { gridSize } from "./grid.ts";

/** The size of a grid or the cap on runs, whichever is less; null for a sweep without an end. */
export function expectedRunCount({ method, parameters, runCap }: SweepConfig): number | null {
  const size = method === "grid" ? gridSize(parameters) : null;
  if (size === null || runCap === null) return size ?? runCap;
  return Math.min(size, runCap);
}
