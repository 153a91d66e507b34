/** The compiled client as it is published, for runtimes that cannot load TypeScript. */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build as bundle } from "vite";
import { stage } from "../../scripts/build.ts";

const folder = dirname(stage);
const program = "read-project.js";

/** A program for Node that prints what `readProject` answers; it takes its target as JSON in its first argument. */
export async function nodeProgram(): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dirname, program), join(folder, program));
  const file = join(folder, "main.mjs");
  await writeFile(
    file,
    `import { Api } from "@steelyard/client";
import { printJson } from "@steelyard/protocol";
import { readProject } from "./${program}";
console.log(await readProject({ Api, printJson }, JSON.parse(process.argv[2])));
`,
  );
  return file;
}

/** The entry among `browserModules`. */
export const browserEntry = "browser.js";

/** Browser modules by file name, bundled from the published packages; the entry puts `readProject` on the window. */
export async function browserModules(): Promise<ReadonlyMap<string, string>> {
  await nodeProgram();
  const entry = join(folder, "browser-entry.js");
  await writeFile(
    entry,
    `import { Api } from "@steelyard/client";
import { printJson } from "@steelyard/protocol";
import { readProject } from "./${program}";
globalThis.readProject = (target) => readProject({ Api, printJson }, target);
`,
  );
  const output = await bundle({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { write: false, target: "es2022", lib: { entry, formats: ["es"], fileName: "browser" } },
  });
  const outputs = Array.isArray(output) ? output : [output];
  const chunks = outputs
    .flatMap((one) => ("output" in one ? one.output : []))
    .filter((one) => one.type === "chunk");
  return new Map(chunks.map(({ fileName, code }) => [fileName, code]));
}
