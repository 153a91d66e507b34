/** `npm run check`: types, lint, format, boundaries, dead code, generated files. Each runs even when another failed. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkBoundaries } from "./boundaries.ts";
import { generate } from "./generate.ts";
import { root, run } from "./run.ts";

const packages = [
  "packages/protocol",
  "packages/client",
  "packages/server",
  "packages/cli",
  "packages/testing",
  "e2e",
  ".",
];

const checks: readonly (readonly [string, () => boolean | Promise<boolean>])[] = [
  ["generated files", checkGenerated],
  ["types", () => packages.map((folder) => run("tsc", ["-p", folder])).every(Boolean)],
  [
    "lint",
    () => run("eslint", ["--max-warnings", "0", "--cache", "--cache-location", ".cache/eslint/", "."]),
  ],
  [
    "format",
    () =>
      run("prettier", [
        "--check",
        "--log-level",
        "warn",
        "--cache",
        "--cache-location",
        ".cache/prettier",
        ".",
      ]),
  ],
  ["boundaries", checkBoundaries],
  ["dead code", () => run("knip", [])],
];

/** Whether every generated file is what its sources say. */
async function checkGenerated(): Promise<boolean> {
  let isCurrent = true;
  for (const [path, text] of await generate()) {
    const file = join(root, path);
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    console.error(`${path} is out of date: run \`npm run generate\` and commit it.`);
    isCurrent = false;
  }
  return isCurrent;
}

const failed: string[] = [];
for (const [name, check] of checks) {
  const startedAt = Date.now();
  const isPassed = await check();
  console.log(`${isPassed ? "ok  " : "FAIL"} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (!isPassed) failed.push(name);
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
