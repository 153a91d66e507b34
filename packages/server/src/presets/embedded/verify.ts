/** The door to the check of a data folder. What checks is loaded behind it, because a server never does. */
import type { VerifyOptions, VerifyReport } from "./data-folder-check.ts";

export type { VerifyOptions, VerifyReport } from "./data-folder-check.ts";

/**
 * Checks the data folder of a stopped server, and changes nothing.
 *
 * @throws {ServerError} `not_found` when it is none, `conflict` while a server uses it.
 */
export async function verifyDataFolder(options: VerifyOptions): Promise<VerifyReport> {
  const { checkDataFolder } = await import("./data-folder-check.ts");
  return checkDataFolder(options);
}
