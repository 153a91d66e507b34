/** `npm run build`: compiles protocol and client to dist/, as they are published and as older runtimes load them. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleLibraries } from "./bundle-libraries.ts";
import { root, run } from "./run.ts";

/** Where the publishable packages are staged, laid out as node_modules so that they find each other. */
export const stage: string = join(root, ".pack/node_modules");

/** The packages that are published as compiled JavaScript. */
export const published = ["protocol", "client"] as const;

/** Compiles and stages the published packages; answers whether it succeeded. */
export async function build(): Promise<boolean> {
  rmSync(join(root, ".pack"), { recursive: true, force: true });
  for (const name of published) {
    const source = join(root, "packages", name);
    const target = join(stage, "@steelyard", name);
    mkdirSync(target, { recursive: true });
    const project = join(root, ".pack", `${name}.json`);
    const entries = sourceEntries(source);
    writeFileSync(project, JSON.stringify(buildProject(source, entries, join(target, "dist"))));
    const isCompiled = run("tsc", ["-p", project]);
    if (!isCompiled) return false;
    await bundleLibraries({
      manifest: join(source, "package.json"),
      folder: target,
      entries: entries.map((entry) => entry.replace("./src/", "").replace(/\.ts$/, "")),
    });
    for (const file of ["README.md", "schema.graphql"]) {
      if (existsSync(join(source, file))) cpSync(join(source, file), join(target, file));
    }
    cpSync(join(root, "LICENSE"), join(target, "LICENSE"));
    writeFileSync(
      join(target, "package.json"),
      `${JSON.stringify(publishedManifest(source), undefined, 2)}\n`,
    );
  }
  return true;
}

/** The sources that the package's manifest leads to. */
function sourceEntries(source: string): readonly string[] {
  return readFileSync(join(source, "package.json"), "utf8").match(/\.\/src\/[^"]+\.ts/g) ?? [];
}

/** A compiler project that holds these sources and what they import, and no tests. */
function buildProject(source: string, entries: readonly string[], outDir: string): unknown {
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

if (import.meta.main) process.exitCode = (await build()) ? 0 : 1;
