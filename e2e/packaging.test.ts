/** The published packages hold what their manifests promise, and other people's compilers find their types. */
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { expect, test } from "vitest";
import { published, stage } from "../scripts/build.ts";
import { LICENCES_FILE } from "../scripts/bundle-libraries.ts";
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

test("client has the libraries it loads in its own files, with their licences", async () => {
  const folder = join(stage, "@steelyard/client");
  const files = globSync("dist/**/*.js", { cwd: folder });
  const codes = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const imported = codes.flatMap((code) =>
    [...code.matchAll(/(?:^(?:import|export)\b[^;"]*|\bimport\()"([^".][^"]*)"/gm)].map(
      ([, name = ""]) => name,
    ),
  );
  const others = imported.filter((name) => !name.startsWith("node:"));
  expect([...new Set(others)].sort()).toEqual(["#platform", "@steelyard/protocol", "apache-arrow"]);
  const licences = await readFile(join(folder, LICENCES_FILE), "utf8");
  for (const name of ["fzstd", "hash-wasm"]) expect(licences).toContain(`\n${name} `);
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
