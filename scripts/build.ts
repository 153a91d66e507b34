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
    const project = join(root, ".pack", `${name}.json`);
    writeFileSync(project, JSON.stringify(buildProject(source, join(target, "dist"))));
    const isCompiled = run("tsc", ["-p", project]);
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

/** A compiler project that holds what the package's manifest leads to, and none of its tests. */
function buildProject(source: string, outDir: string): unknown {
  const entries = readFileSync(join(source, "package.json"), "utf8").match(/\.\/src\/[^"]+\.ts/g) ?? [];
  return {
    extends: join(source, "tsconfig.json"),
    files: entries.map((entry) => join(source, entry)),
    include: [],
    compilerOptions: {
      noEmit: false,
      allowImportingTsExtensions: false,
      rootDir: join(source, "src"),
      outDir,
      typeRoots: [join(root, "node_modules/@types")],
    },
  };
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
