// Apache Arrow's own reader in C++, by pyarrow, reads what this server writes: sealed history and exports, as Parquet
// and as Arrow, with the values that were logged. Its wheel is large, so that it takes part in the long tests only;
// the short ones read the same files with readers in JavaScript.
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { zstdDecompressSync } from "node:zlib";
import { Api } from "@steelyard/client";
import { parseJsonObject, type JsonObject } from "@steelyard/protocol";
import { startTestServer, type TestServer } from "@steelyard/testing";
import { tableFromIPC } from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./eventually.ts";
import { withFileLock } from "./python/file-lock.ts";
import { runCommand } from "./python/run-command.ts";
import { pick, pickOptional, Wire } from "./wire/wire.ts";

const LINES = 3_000;
const pyarrow = "26.0.1";
const installMs = 420_000;
const cache = fileURLToPath(new URL(".cache/", import.meta.url));
const program = fileURLToPath(new URL("python/read_tables.py", import.meta.url));

/** A reader gives each row as a JSON object, with doubles by their bits: `-0.0` and the last digit count. */
type Reader = (file: string, format: "parquet" | "arrow") => Promise<readonly JsonObject[]>;

/** The columns as pyarrow reads them. */
async function readByPyarrow(file: string, format: "parquet" | "arrow"): Promise<readonly JsonObject[]> {
  const venv = join(cache, `pyarrow-${pyarrow}`);
  const python = join(venv, "bin/python");
  await withFileLock(`${venv}.lock`, installMs, async () => {
    if (await exists(join(venv, "installed"))) return;
    await succeed(process.env["STEELYARD_TEST_PYTHON"] ?? "python3", ["-m", "venv", "--clear", venv]);
    await succeed(python, ["-m", "pip", "install", "--quiet", `pyarrow==${pyarrow}`]);
    await writeFile(join(venv, "installed"), "");
  });
  return toRows(await succeed(python, [program, format, file]));
}

async function readInJavaScript(file: string, format: "parquet" | "arrow"): Promise<readonly JsonObject[]> {
  const bytes = await readFile(file);
  if (format === "arrow") {
    const table = tableFromIPC(bytes);
    const names = table.schema.fields.map(({ name }) => name);
    return Array.from({ length: table.numRows }, (_, at) =>
      toRow(names.map((name) => [name, table.getChild(name)?.get(at)])),
    );
  }
  const rows = await parquetReadObjects({
    file: new Uint8Array(bytes).buffer,
    compressors: { ZSTD: (input) => new Uint8Array(zstdDecompressSync(input)) },
  });
  return rows.map((row) => toRow(Object.entries(row)));
}

const readers: readonly (readonly [string, Reader])[] = [
  ["a reader in JavaScript", readInJavaScript],
  ...(process.env["STEELYARD_LONG"] === "1" ? [["pyarrow", readByPyarrow] as const] : []),
];

/** A value as the printed form of `read_tables.py`: doubles as the hexadecimal digits of their bits. */
function print(value: unknown): JsonObject[string] {
  if (typeof value === "number") {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return { double: view.getBigUint64(0).toString(16).padStart(16, "0") };
  }
  if (typeof value === "bigint") return { integer: String(value) };
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (value === undefined) return null;
  throw new Error(`a value of type ${typeof value}`);
}

function toRow(members: readonly (readonly [string, unknown])[]): JsonObject {
  return Object.fromEntries(members.map(([name, value]) => [name, print(value)]));
}

function toRows(text: string): readonly JsonObject[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseJsonObject(line));
}

/** What was logged: a double that uses all bits, a sparse one, texts, truth values, integers beyond 2^53, infinities. */
const logged = Array.from({ length: LINES }, (_, line) => ({
  _step: BigInt(line),
  loss: line % 7 === 3 ? [-0, Infinity, -Infinity, 5e-324][line % 4] : Math.sin(line) / 3,
  sparse: line % 10 === 0 ? Math.cos(line) * 1e300 : null,
  word: line % 3 === 0 ? `é😀 "${line}"` : null,
  flag: line % 2 === 0,
  big: 2n ** 60n + BigInt(line),
}));

function toLine(row: (typeof logged)[number]): string {
  const texts = Object.entries(row).flatMap(([key, value]) => {
    if (value === null) return [];
    const text =
      typeof value === "string" || typeof value === "boolean"
        ? JSON.stringify(value)
        : Object.is(value, -0)
          ? "-0.0"
          : String(value);
    return [`${JSON.stringify(key)}:${text}`];
  });
  return `{${texts.join()}}`;
}

describe.each(readers)("%s", (_, read) => {
  let server: TestServer;
  let api: Api;
  let folder: string;
  let displayName: string | null;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "steelyard-readers-"));
    server = await startTestServer({ user: "reader", env: { STEELYARD_SEAL_LINES: "1000" } });
    api = new Api({ apiKey: server.apiKey, overrides: { baseUrl: server.url } });
    ({ displayName } = await api.createRun({ runId: "r", project: "tables", entity: "reader" }));
    const files = { "wandb-history.jsonl": { offset: 0, content: logged.map(toLine) } };
    const response = await fetch(`${server.url}/files/reader/tables/r/file_stream`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`api:${server.apiKey}`)}`, "content-type": "application/json" },
      body: JSON.stringify({ files, complete: true, exitcode: 0 }),
    });
    expect(response.status).toBe(200);
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("reads sealed history with the values that were logged", async () => {
    const wire = new Wire(server);
    const urls = await eventually(
      async () => {
        const data = await wire.query(
          `{ project(name: "tables", entityName: "reader") { run(name: "r") {
            historyFiles { rowCount file { tableUrl } } } } }`,
        );
        const parts = pick(data, "project", "run", "historyFiles");
        return Array.isArray(parts)
          ? parts.map((part: unknown) => pickOptional(part, "file", "tableUrl"))
          : [];
      },
      (found) => found.length > 0 && found.every((url) => typeof url === "string"),
    );
    const rows: JsonObject[] = [];
    for (const [index, url] of urls.entries()) {
      const file = join(folder, `sealed-${index}.parquet`);
      const response = await fetch(String(url));
      await writeFile(file, new Uint8Array(await response.arrayBuffer()));
      rows.push(...(await read(file, "parquet")));
    }
    requireSame(
      rows,
      logged.map((row) => toRow(Object.entries(row))),
    );
  });

  it.each(["parquet", "arrow"] as const)(
    "reads an export as %s with the values that were logged",
    async (format) => {
      const file = join(folder, `export.${format}`);
      await api.runs("reader/tables").export({ path: file, format });
      const rows = await read(file, format);
      const expected = logged.map(({ big, ...row }) => ({
        run_id: "r",
        run_name: displayName,
        ...row,
        // Not a double without loss.
        big: null,
        _other_json: `{"big":${big}}`,
      }));
      requireSame(
        rows,
        expected.map((row) => toRow(Object.entries(row))),
      );
    },
  );
});

/** Compares rows by their values, whatever the order of columns, and shows the first that differs. */
function requireSame(rows: readonly JsonObject[], expected: readonly JsonObject[]): void {
  expect(rows.length).toBe(expected.length);
  const at = rows.findIndex((row, index) => !isDeepStrictEqual(row, expected[index]));
  expect(rows[at]).toEqual(expected[at]);
}

async function succeed(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, { timeoutMs: installMs });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.slice(-1000)}`);
  return stdout;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
