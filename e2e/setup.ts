// Runs once before the end-to-end tests: makes what they need (the published packages, a venv for each client
// version) and says in one sentence what is missing on this machine.
import { build } from "../scripts/build.ts";
import { findChromium } from "./browser/find-chromium.ts";
import { installedVersions, prepareVenv } from "./python/venv.ts";

/** Called by vitest. Throws with a sentence that says what to install or mend. */
export async function setup(): Promise<void> {
  await findChromium();
  if (!(await build()))
    throw new Error("The published packages could not be compiled; see the compiler's messages above.");
  for (const version of installedVersions) await prepareVenv(version);
}
