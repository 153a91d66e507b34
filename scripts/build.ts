/** `npm run build`: compiles protocol and client to dist/, as they are published and as older runtimes load them. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.ts";

/** Where the publishable packages are staged, laid out as node_modules so that they find each other. */
export const stage: string = join(root, ".pack/node_modules");

/** The packages that are published as compiled JavaScript. */
export const published = ["protocol", "client"] as const;

/** Compiles and stages the published packages; answers whether it succeeded. */
export function build(): boolean {
  rmSync(join(root, ".pack"), { recursive: true, force: true });
  return published.every((name) => {
    const source = join(root, "packages", name);
    const target = join(stage, "@steelyard", name);
    mkdirSync(target, { recursive: true });
    const isCompiled = run("tsc", [
      ...[
        "-p",
        source,
        "--noEmit",
        "false",
        "--outDir",
        join(target, "dist"),
        "--rootDir",
        join(source, "src"),
      ],
      ...["--allowImportingTsExtensions", "false", "--declarationMap", "false"],
    ]);
    if (!isCompiled) return false;
    for (const file of ["README.md", "schema.graphql"]) {
      if (existsSync(join(source, file))) cpSync(join(source, file), join(target, file));
    }
    cpSync(join(root, "LICENSE"), join(target, "LICENSE"));
    writeFileSync(
      join(target, "package.json"),
      `${JSON.stringify(publishedManifest(source), undefined, 2)}\n`,
    );
    return true;
  });
}

/** The package's manifest with its exports turned from sources to what was compiled. */
function publishedManifest(source: string): unknown {
  return JSON.parse(readFileSync(join(source, "package.json"), "utf8"), (key, value: unknown) => {
    if (typeof value !== "string" || !value.startsWith("./src/")) return value;
    const compiled = value.replace("./src/", "./dist/").replace(/\.ts$/, "");
    return { types: `${compiled}.d.ts`, default: `${compiled}.js` };
  }) as unknown;
}

if (import.meta.main) process.exitCode = build() ? 0 : 1;
