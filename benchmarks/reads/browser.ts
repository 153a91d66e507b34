// The client as it is published, in Chromium: what a page needs for a whole history as typed arrays.
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { build as bundle } from "vite";
import { findChromium } from "../../e2e/browser/find-chromium.ts";
import { findFreePort } from "../../packages/testing/src/free-port.ts";
import { build, stage } from "../../scripts/build.ts";

/** What to read. */
export interface BrowserTarget {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly path: string;
  readonly steps: number;
}

const program = `import { Api } from "@steelyard/client";
globalThis.readColumns = async ({ baseUrl, apiKey, path, steps }, keys) => {
  const run = await new Api({ apiKey, overrides: { baseUrl } }).run(path);
  const start = performance.now();
  const { length } = await run.history({ format: "columns", ...(keys && { keys }) });
  if (length !== steps) throw new Error(length + " rows of " + steps);
  return performance.now() - start;
};
`;

/** Milliseconds for all keys and for one, the shortest of some times each. */
export async function measureBrowser(target: BrowserTarget, key: string): Promise<Record<string, number>> {
  if (!(await build())) throw new Error("the client could not be compiled");
  const modules = await bundleProgram();
  const pages = createServer((request, response) => {
    const module = modules.get((request.url ?? "").slice(1));
    response.setHeader("content-type", module === undefined ? "text/html" : "text/javascript");
    response.end(module ?? `<!doctype html><script type="module" src="/browser.js"></script>`);
  });
  const port = await findFreePort();
  await new Promise<void>((resolve) => pages.listen(port, "127.0.0.1", resolve));
  const browser = await chromium.launch({
    executablePath: await findChromium(),
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction("globalThis.readColumns !== undefined");
    const read = async (keys: readonly string[] | null): Promise<number> => {
      let best = Infinity;
      for (let turn = 0; turn < 2; turn += 1) {
        const call = `globalThis.readColumns(${JSON.stringify(target)}, ${JSON.stringify(keys)})`;
        best = Math.min(best, Number(await page.evaluate(call)));
      }
      return Math.round(best * 10) / 10;
    };
    return {
      "Chromium, all keys into typed arrays": await read(null),
      "Chromium, one key into a typed array": await read([key]),
    };
  } finally {
    await browser.close();
    pages.close();
  }
}

/** Modules by file name, bundled from the published packages. */
async function bundleProgram(): Promise<ReadonlyMap<string, string>> {
  const folder = dirname(stage);
  await mkdir(folder, { recursive: true });
  const entry = join(folder, "measured-entry.js");
  await writeFile(entry, program);
  const output = await bundle({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { write: false, target: "es2022", lib: { entry, formats: ["es"], fileName: "browser" } },
  });
  const chunks = (Array.isArray(output) ? output : [output])
    .flatMap((one) => ("output" in one ? one.output : []))
    .filter((one) => one.type === "chunk");
  return new Map(chunks.map(({ fileName, code }) => [fileName, code]));
}
