/** Checks who may import whom, and checks the checker: it must see every module and catch planted violations. */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { root } from "./run.ts";

const sources = "packages/*/src/**/*.ts";

/** Files that break a rule each, with the rule that must catch them. */
const planted: readonly (readonly [string, string, string])[] = [
  [
    "packages/protocol/src/planted-violation.ts",
    'import "../../client/src/index.ts";\n',
    "protocol-imports-nothing",
  ],
  ["packages/client/src/planted-violation.ts", 'import "node:fs";\n', "client-is-portable"],
  [
    "packages/server/src/modules/runs/planted-violation.ts",
    'import "../../adapters/sqlite/database.ts";\n',
    "only-presets-choose-adapters",
  ],
  [
    "packages/server/src/modules/runs/planted-technology.ts",
    'import "kysely";\n',
    "domain-knows-no-technology",
  ],
];

/** Answers whether the sources keep the rules; prints what does not. */
export async function checkBoundaries(): Promise<boolean> {
  const result = await inspect(root);
  const files = globSync(sources, { cwd: root }).length;
  const seen = result.modules.filter((module) => /^packages\/[^/]+\/src\/.*\.ts$/.test(module.source)).length;
  if (seen !== files) {
    console.error(`The boundary checker saw ${seen} modules, but there are ${files} files.`);
    return false;
  }
  for (const { rule, from, to } of result.summary.violations) console.error(`${rule.name}: ${from} -> ${to}`);
  const isCheckerAlive = await catchesPlanted();
  return result.summary.violations.length === 0 && isCheckerAlive;
}

/** Plants the violations in a copy of the sources and looks at that. */
async function catchesPlanted(): Promise<boolean> {
  const copy = join(root, ".cache/boundaries");
  rmSync(copy, { recursive: true, force: true });
  for (const file of globSync(sources, { cwd: root }))
    place(copy, file, readFileSync(join(root, file), "utf8"));
  for (const [file, text] of planted) place(copy, file, text);
  const result = await inspect(copy);
  const missed = planted.filter(
    ([file, , rule]) =>
      !result.summary.violations.some((found) => found.from === file && found.rule.name === rule),
  );
  for (const [file, , rule] of missed)
    console.error(`The boundary checker missed ${rule} in a planted ${file}.`);
  return missed.length === 0;
}

function place(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

async function inspect(baseDir: string): Promise<ICruiseResult> {
  const config = await extractConfig(join(root, ".dependency-cruiser.cjs"));
  const result = await cruise(
    ["packages"],
    { ...config.options, ruleSet: config, validate: true, baseDir },
    undefined,
    { tsConfig: extractTSConfig(join(root, "tsconfig.json")) },
  );
  if (typeof result.output === "string") throw new Error("The boundary checker answered with text.");
  return result.output;
}
