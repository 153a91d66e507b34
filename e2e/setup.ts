// Runs once before the end-to-end tests: makes what they need (a venv for each client version) and says in
// one sentence what is missing on this machine.
import { findChromium } from "./browser/find-chromium.ts";
import { clientVersions, prepareVenv } from "./python/venv.ts";

/** Called by vitest. Throws with a sentence that says what to install. */
export async function setup(): Promise<void> {
  await findChromium();
  for (const version of clientVersions) await prepareVenv(version);
}
