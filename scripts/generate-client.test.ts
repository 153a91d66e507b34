import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { generateClient } from "./generate-client.ts";

it("the client's generated documents are those of the committed schema", async () => {
  for (const [path, text] of await generateClient()) {
    expect(await readFile(join(import.meta.dirname, "..", path), "utf8")).toBe(text);
  }
});
