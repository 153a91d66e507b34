/** Checks a data folder as `steelyard verify` does. The server loads on first use: few tests need it in their process. */
import type { verifyDataFolder } from "@steelyard/server";

/** The report on a data folder that no server uses. */
export async function verifyFolder(
  ...[request]: Parameters<typeof verifyDataFolder>
): ReturnType<typeof verifyDataFolder> {
  const server = await import("@steelyard/server");
  return server.verifyDataFolder(request);
}
