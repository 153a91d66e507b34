/** The platform of this runtime, loaded on first use: browsers never see `src/node`. */
import type { Platform } from "./platform.ts";

/** Loads what this runtime offers. */
export async function loadPlatform(): Promise<Platform> {
  const { detectPlatform } = await import("#platform");
  return detectPlatform();
}
