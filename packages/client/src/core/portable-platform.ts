/** What `#platform` means outside Node, Bun and Deno. */
import { PORTABLE_PLATFORM } from "./platform.ts";
import type { Platform } from "./platform.ts";

/** The platform of this runtime. */
export function detectPlatform(): Platform {
  return PORTABLE_PLATFORM;
}
