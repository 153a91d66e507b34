import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, it } from "vitest";

import { USER_AGENT, VERSION } from "./version.ts";

it("the version in requests is the package's", async () => {
  const manifest: unknown = JSON.parse(
    await readFile(join(import.meta.dirname, "../../package.json"), "utf8"),
  );
  expect(manifest).toMatchObject({ version: VERSION });
  expect(USER_AGENT).toBe(`steelyard-client/${VERSION}`);
});
