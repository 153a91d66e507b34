// Finds the browser that the browser tests drive; we never download one.
import { access, constants } from "node:fs/promises";

const candidates = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of Chromium or Chrome: the variable CHROMIUM, else where systems install it. Throws when there is none. */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const chosen = env["CHROMIUM"];
  for (const path of chosen === undefined || chosen === "" ? candidates : [chosen]) {
    if (await isExecutable(path)) return path;
  }
  throw new Error(
    chosen === undefined || chosen === ""
      ? "The tests need Chromium: on Debian install the package chromium, or set CHROMIUM to the path of one."
      : `CHROMIUM is set to ${chosen}, which is not an executable file.`,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
