/** The published packages hold what their manifests promise, and other people's compilers find their types. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { expect, test } from "vitest";
import { published, stage } from "../scripts/build.ts";
import { runCommand } from "./python/run-command.ts";

/**
 * The packages are ES modules alone, which CommonJS gets through `import()`; and they are found by their `exports`,
 * which compilers before Node 12's rules do not read.
 */
const expectedProblems = new Set(["CJSResolvesToESM"]);
const unsupportedResolution = "node10";

test.each(published)("%s has a sound manifest", async (name) => {
  const { messages } = await publint({ pkgDir: join(stage, "@steelyard", name), pack: false });
  expect(messages).toEqual([]);
});

test.each(published)("%s has types for every way of importing it", async (name) => {
  const folder = await mkdtemp(join(tmpdir(), "steelyard-pack-"));
  try {
    const packed = await runCommand("npm", ["pack", "--json", "--pack-destination", folder], {
      cwd: join(stage, "@steelyard", name),
    });
    expect(packed.code, packed.stderr).toBe(0);
    const tarball = await readFile(join(folder, `steelyard-${name}-0.1.0.tgz`));
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)), {
      excludeEntrypoints: ["./schema.graphql"],
    });
    if (result.types === false) throw new Error(`${name} has no types`);
    const problems = result.problems.filter(
      (problem) =>
        !expectedProblems.has(problem.kind) &&
        !("resolutionKind" in problem && problem.resolutionKind === unsupportedResolution),
    );
    expect(problems).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
