/**
 * Puts the libraries that a package uses without depending on them into its compiled files, in chunks that load on first
 * use, and their licences beside them.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "vite";

/** A compiled package. */
export interface CompiledPackage {
  /** Its manifest, whose development dependencies are bundled and whose other dependencies are not. */
  readonly manifest: string;
  /** Where it is staged; what was compiled is in `dist`. */
  readonly folder: string;
  /** Modules of `dist` that others may load, without their ending. */
  readonly entries: readonly string[];
}

/** What the licences are collected in. */
export const LICENCES_FILE = "THIRD-PARTY-LICENCES.txt";

/** The chunk that a module of a bundle is in, and the modules it was made of. */
interface Chunk {
  readonly fileName: string;
  readonly code: string;
  readonly moduleIds: readonly string[];
}

/** Bundles the libraries of a package, if it uses any; throws what the bundler throws. */
export async function bundleLibraries({ manifest, folder, entries }: CompiledPackage): Promise<void> {
  const { devDependencies, peerDependencies } = readManifest(manifest);
  const libraries = Object.keys(devDependencies).filter((name) => !Object.hasOwn(peerDependencies, name));
  if (libraries.length === 0) return;
  const dist = join(folder, "dist");
  const isBundled = (id: string): boolean =>
    libraries.some((name) => id === name || id.startsWith(`${name}/`));
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: {
        entry: Object.fromEntries(entries.map((entry) => [entry, join(dist, `${entry}.js`)])),
        formats: ["es"],
      },
      rolldownOptions: {
        external: (id) => !/^[./\0]/.test(id) && !isBundled(id),
        output: { entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
      },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs
    .flatMap((output) => ("output" in output ? output.output : []))
    .filter((part) => part.type === "chunk");
  for (const file of globSync("**/*.js", { cwd: dist })) rmSync(join(dist, file));
  for (const { fileName, code } of chunks) {
    mkdirSync(dirname(join(dist, fileName)), { recursive: true });
    writeFileSync(join(dist, fileName), code);
  }
  writeFileSync(join(folder, LICENCES_FILE), collectLicences(chunks));
}

function readManifest(path: string): Record<"devDependencies" | "peerDependencies", object> {
  const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
  const read = (name: string): object => {
    const value: unknown =
      typeof manifest === "object" && manifest !== null ? Reflect.get(manifest, name) : {};
    return typeof value === "object" && value !== null ? value : {};
  };
  return { devDependencies: read("devDependencies"), peerDependencies: read("peerDependencies") };
}

/** Name, version and licence of every library that is in the chunks. */
function collectLicences(chunks: readonly Chunk[]): string {
  const folders = new Set(
    chunks
      .flatMap(({ moduleIds }) => moduleIds)
      .flatMap(
        (id) =>
          /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(id.replace(/\0/g, ""))?.[1] ?? [],
      ),
  );
  const licences = [...folders]
    .filter((folder) => !folder.includes(".pack"))
    .sort()
    .map((folder) => {
      const { name, version } = readName(join(folder, "package.json"));
      const [file] = globSync("LICEN[CS]E*", { cwd: folder });
      if (file === undefined) throw new Error(`The bundled library ${name} has no licence in its folder`);
      return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
    });
  return `This package contains the following libraries.\n\n${licences.join("\n---\n\n")}`;
}

function readName(path: string): { readonly name: string; readonly version: string } {
  const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (typeof manifest === "object" && manifest !== null && "name" in manifest && "version" in manifest) {
    return { name: String(manifest.name), version: String(manifest.version) };
  }
  throw new Error(`${path} says no name and version`);
}
