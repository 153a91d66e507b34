import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "vite";
import { describe, expect, it } from "vitest";

/** What a browser loads for `new Api()`, compressed. Raise it only for something that every page needs. */
const MAX_ENTRY_KB = 37;

interface Chunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly code: string;
}

const SOURCE = join(import.meta.dirname, "../../packages/client/src");
const PAGE = `import { Api } from ${JSON.stringify(join(SOURCE, "index.ts"))}; globalThis.api = new Api();`;

/** Bundles the whole package, or a page that only makes an Api. */
async function bundleForBrowsers(what: "package" | "page"): Promise<readonly Chunk[]> {
  const result = await build({
    root: SOURCE,
    configFile: false,
    logLevel: "silent",
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === "the-page" ? "\0the-page" : null),
        load: (id) => (id === "\0the-page" ? PAGE : null),
      },
    ],
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: {
        input: what === "page" ? "the-page" : join(SOURCE, "index.ts"),
        preserveEntrySignatures: "strict",
      },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs
    .flatMap((output) => ("output" in output ? output.output : []))
    .filter((part) => part.type === "chunk");
}

/** The entry and what it imports at once, in turn. */
function loadedAtOnce(chunks: readonly Chunk[]): readonly Chunk[] {
  const loaded = chunks.filter(({ isEntry }) => isEntry);
  for (const { imports } of loaded)
    loaded.push(...chunks.filter((chunk) => imports.includes(chunk.fileName) && !loaded.includes(chunk)));
  return loaded;
}

describe("the client's bundle for browsers", () => {
  it("has no trace of Node's modules", async () => {
    for (const { code } of await bundleForBrowsers("package"))
      expect(code).not.toMatch(/["']node:|__vite-browser-external/);
  });

  it(`needs less than ${MAX_ENTRY_KB} kB for new Api()`, async () => {
    const code = loadedAtOnce(await bundleForBrowsers("page")).map((chunk) => chunk.code);
    expect(gzipSync(code.join("")).length).toBeLessThan(MAX_ENTRY_KB * 1_000);
  });
});
