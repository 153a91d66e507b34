import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "vite";
import { beforeAll, describe, expect, it } from "vitest";

/** What a browser loads for `new Api()`, compressed. Raise it only for something that every page needs. */
const MAX_ENTRY_KB = 28;

interface Chunk {
  readonly isEntry: boolean;
  readonly code: string;
}

const SOURCE = join(import.meta.dirname, "../../packages/client/src");

async function bundleForBrowsers(): Promise<readonly Chunk[]> {
  const result = await build({
    root: SOURCE,
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: { input: join(SOURCE, "index.ts"), preserveEntrySignatures: "strict" },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  return outputs
    .flatMap((output) => ("output" in output ? output.output : []))
    .filter((part) => part.type === "chunk");
}

describe("the client's bundle for browsers", () => {
  let chunks: readonly Chunk[];

  beforeAll(async () => {
    chunks = await bundleForBrowsers();
  });

  it("has no trace of Node's modules", () => {
    for (const { code } of chunks) expect(code).not.toMatch(/["']node:|__vite-browser-external/);
  });

  it(`needs less than ${MAX_ENTRY_KB} kB for new Api()`, () => {
    const entry = chunks.filter(({ isEntry }) => isEntry).map(({ code }) => code);
    expect(gzipSync(entry.join("")).length).toBeLessThan(MAX_ENTRY_KB * 1_000);
  });
});
