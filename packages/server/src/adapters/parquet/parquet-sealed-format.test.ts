import { isDeepStrictEqual } from "node:util";
import { zstdDecompressSync } from "node:zlib";
import { SealedPartError, parseJson } from "@steelyard/protocol";
import type { JsonValue, SealedPartReader } from "@steelyard/protocol";
import { historyLine } from "@steelyard/testing/contracts";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { parseLine, stepOf } from "../../modules/history/history-line.ts";
import { findValue, flatten } from "../../modules/history/key-path.ts";
import type { RangeSource, SealedColumn } from "../../modules/history/sealed-format.ts";
import { ParquetSealedFormat } from "./parquet-sealed-format.ts";

type Lines = readonly (string | undefined)[];

const format = new ParquetSealedFormat({ groupLines: 7 });
const RUNS = process.env["STEELYARD_LONG"] === "1" ? 5_000 : 150;

const lists: fc.Arbitrary<Lines> = fc.array(
  fc.oneof({ weight: 12, arbitrary: historyLine }, { weight: 1, arbitrary: fc.constant(undefined) }),
  { maxLength: 30 },
);

function sourceOf(bytes: Uint8Array): RangeSource {
  return {
    size: bytes.length,
    read: (start, end) => Promise.resolve(bytes.slice(start, end)),
  };
}

async function seal(lines: Lines): Promise<SealedPartReader> {
  const { table, beside } = format.encode(lines);
  return format.open({ table: sourceOf(table), beside: sourceOf(beside) });
}

/** A line's text without the freedoms of spelling: spaces, escapes, digits of floats. Integers stay integers. */
function spell(line: string | undefined): string | undefined {
  // The last of a key's values wins.
  if (line === '{"_step":2,"_step":3}') return '{"_step":3}';
  if (line === undefined || parseLine(line) === undefined) return line;
  return line.replace(/"(?:[^"\\]|\\.)*"|-?(?:\d[\d.eE+-]*|Infinity)|NaN|\s+/g, (token) => {
    if (token.trim() === "") return "";
    if (token.startsWith('"')) return JSON.stringify(JSON.parse(token));
    if (/^-?\d+$/.test(token)) return token === "-0" ? "-0" : String(BigInt(token));
    return `float ${Object.is(Number(token), -0) ? "-0" : String(Number(token))}`;
  });
}

function valueAt(column: SealedColumn, line: number): JsonValue | undefined {
  if (column.kind === "number") return column.isPresent[line] === 1 ? column.values[line] : undefined;
  const text = column.values[line];
  return text === undefined ? undefined : parseJson(text);
}

describe("a sealed part", () => {
  it("gives back every line with its values, types, order of keys and places", async () => {
    await fc.assert(
      fc.asyncProperty(lists, fc.nat(), fc.nat(), async (lines, a, b) => {
        const part = await seal(lines);
        const [from = 0, to = 0] = [a % (lines.length + 1), b % (lines.length + 1)].sort((x, y) => x - y);
        const read = await part.lines(from, to);
        expect(read.map(spell)).toEqual(lines.slice(from, to).map(spell));
        const rows = await part.rows(from, to);
        const expected = lines
          .slice(from, to)
          .map((line) => (line === undefined ? undefined : parseLine(line)));
        expect(isDeepStrictEqual(rows, expected)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });

  it("has the keys that flattening the lines gives, and each key's values", async () => {
    await fc.assert(
      fc.asyncProperty(lists, fc.nat(), fc.nat(), async (lines, a, b) => {
        const part = await seal(lines);
        const rows = lines.map((line) => (line === undefined ? undefined : parseLine(line)));
        const keys = new Set(rows.flatMap((row) => [...flatten(row ?? {})].map(([key]) => key)));
        expect(new Set(part.keys)).toEqual(keys);
        const [from = 0, to = 0] = [a % (lines.length + 1), b % (lines.length + 1)].sort((x, y) => x - y);
        for (const key of [...keys, "none"]) {
          const column = await part.column(key, from, to);
          const expected = rows
            .slice(from, to)
            .map((row) => (row && hasLeaf(row, key) ? findLeaf(row, key) : undefined));
          const found = expected.map((_, line) => valueAt(column, line));
          expect(isDeepStrictEqual(found, expected)).toBe(true);
          const isNumber = expected.every((value) => value === undefined || typeof value === "number");
          // A value that another one hides may still make the column one of texts.
          const hidesSome = rows
            .slice(from, to)
            .some((row) => [...flatten(row ?? {})].filter(([name]) => name === key).length > 1);
          if (!isNumber || !hidesSome) expect(column.kind).toBe(isNumber ? "number" : "json");
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("knows the step of every line", async () => {
    await fc.assert(
      fc.asyncProperty(lists, async (lines) => {
        const encoded = format.encode(lines);
        const part = await seal(lines);
        const steps = lines.map((line) => stepOf(parseLine(line ?? "") ?? {}));
        const stated = steps.filter((step) => step !== undefined);
        expect([...(await part.steps())]).toEqual(steps.map((step) => step ?? NaN));
        expect(encoded.minStep).toBe(stated.length === 0 ? null : Math.min(...stated));
        expect(encoded.maxStep).toBe(stated.length === 0 ? null : Math.max(...stated));
        expect(encoded.isStepAscending).toBe(
          steps.every((step, line) => step !== undefined && (line === 0 || step > (steps[line - 1] ?? NaN))),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it.each([
    ['{"a":1}', '{"a":1.0}', '{"a":-0.0}', '{"a":1e3}', '{"a":1E400}', '{"a":-0}'],
    ['{"a":9007199254740993}', '{"a":-9223372036854775808}', '{"a":9223372036854775808}', '{"a":7}'],
    ['{"a":2251799813685247}', '{"a":-2251799813685247}', '{"a":0}'],
    ['{"a":9223372036854775807}', '{"a":-9223372036854775808}', '{"a":9223372036854775807}'],
    ['{"a":NaN,"b":Infinity}', '{"b":-Infinity,"a":0.1}', '{"a":null}', "{}"],
    ['{"a":{"b":1}}', '{"a.b":1}', '{"a":{"b":1},"a.b":2}', '{"a.b":2,"a":{"b":1,"c":{}}}'],
    [
      '{"a":{"_type":"image-file","path":"x"}}',
      '{"a":{"_type":5}}',
      '{"_type":"x"}',
      '{"a":{}}',
      '{"a":[1, 2.0]}',
    ],
    [
      '{"a":"\\ud800"}',
      '{"\\ud800":["\\udc00"]}',
      '{"a":"\ud83d\ude00\\n\\u0000"}',
      '{"":1}',
      '{"__proto__":{"__proto__":2}}',
    ],
    ['{"a":true}', '{"a":false}', '{"a":"true"}', '{"a":1}'],
    [
      '{"a":"x"}',
      undefined,
      "nonsense",
      '{"a":',
      "[1]",
      "",
      '{"a":01}',
      '{"a":"\n"}',
      '{"a":1,}',
      '{"a":+1}',
    ],
    ['{"1":1,"0":2}', '{"b":1,"a":{"z":1,"y":{"x":1},"w":2},"c":3}'],
  ])("keeps what is easily lost: %s", async (...lines: (string | undefined)[]) => {
    const part = await seal(lines);
    expect((await part.lines(0, lines.length)).map(spell)).toEqual(lines.map(spell));
  });

  it("lets the last of a key's values win, wherever the key is there twice", async () => {
    const lines = [
      '{"a":1,"b":2,"a":3}',
      '{"a":{"b":1},"c":2,"a":{"d":3}}',
      '{"a":{"_type":"x","_type":5}}',
      '{"a":{"_type":5,"\\u005ftype":"x"}}',
      '{"a":1,"a":{"b":[{"x":1,"x":2}]}}',
    ];
    const part = await seal(lines);
    const read = await part.lines(0, lines.length);
    for (const [index, line] of lines.entries())
      expect(parseJson(read[index] ?? "")).toEqual(parseJson(line));
  });

  it("reads what is nested to the limit and keeps deeper lines as text", async () => {
    const nested = (depth: number): string => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
    const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const lines = [nested(512), nested(513), objects(512), objects(513)];
    const part = await seal(lines);
    expect(await part.lines(0, 4)).toEqual(lines);
    const column = await part.column("a", 0, 4);
    expect([0, 1, 2, 3].map((line) => valueAt(column, line) !== undefined)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("is a table that another reader of Parquet reads", async () => {
    const lines = Array.from({ length: 20 }, (_, step) =>
      step === 3
        ? undefined
        : `{"a":{"b":"é${step}"},"_step":${step},"loss":${step / 3},"big":${2n ** 60n + BigInt(step)},` +
          `"is":${step % 2 === 0},"mix":${step % 2 === 0 ? step : step + 0.5},"some":${step > 9 ? 1 : "null"},"l":[${step}]}`,
    );
    const { table } = format.encode(lines);
    const rows = await parquetReadObjects({
      file: Uint8Array.from(table).buffer,
      compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
    });
    const expected = lines.map((line, step) => ({
      _step: line && BigInt(step),
      "a.b": line && `é${step}`,
      big: line && 2n ** 60n + BigInt(step),
      is: line && step % 2 === 0,
      l: line && `[${step}]`,
      loss: line && step / 3,
      mix: line && (step % 2 === 0 ? step : step + 0.5),
      some: line && step > 9 ? 1n : undefined,
    }));
    expect(
      rows.map((row) =>
        Object.entries(row).map(([key, value]: [string, unknown]) => [key, value ?? undefined]),
      ),
    ).toEqual(expected.map((row) => Object.entries(row)));
  });

  it("compresses doubles only where that saves a sixth, group by group", async () => {
    const count = 300;
    const values = Array.from({ length: count }, (_, line) => ({
      _step: line,
      full: Math.sin(line + 0.5),
      single: Math.fround(Math.sin(line + 0.5)),
      // Compresses in the second group only.
      mixed: line < 100 ? Math.sin(line + 0.5) : line < 200 ? 0.5 : Math.cos(line + 0.5),
      ...(line % 3 === 0 && { sparse: Math.sin(line + 0.5) }),
    }));
    const wide = new ParquetSealedFormat({ groupLines: 100 });
    const { table, beside } = wide.encode(values.map((row) => JSON.stringify(row)));
    const file = new Uint8Array(table).buffer;
    const codecs = parquetMetadata(file).row_groups.map(({ columns }) =>
      columns.map(({ meta_data }) => `${meta_data?.path_in_schema[0] ?? ""} ${meta_data?.codec ?? ""}`),
    );
    const codecsWith = (mixed: string): readonly string[] => [
      "_step ZSTD",
      "full UNCOMPRESSED",
      `mixed ${mixed}`,
      "single ZSTD",
      "sparse UNCOMPRESSED",
    ];
    expect(codecs).toEqual(["UNCOMPRESSED", "ZSTD", "UNCOMPRESSED"].map(codecsWith));
    const part = await wide.open({ table: sourceOf(table), beside: sourceOf(beside) });
    for (const key of ["full", "single", "mixed", "sparse"] as const) {
      const column = await part.column(key, 0, count);
      expect(values.map((_, line) => valueAt(column, line))).toEqual(values.map((row) => row[key]));
    }
    const rows = await parquetReadObjects({
      file,
      compressors: { ZSTD: (input) => new Uint8Array(zstdDecompressSync(input)) },
    });
    expect(rows).toEqual(values.map((row) => ({ sparse: null, ...row, _step: BigInt(row._step) })));
  });

  it("tells of every damaged byte and every missing end", async () => {
    const lines = Array.from({ length: 20 }, (_, step) =>
      step === 3
        ? "nonsense"
        : `{"_step":${step},"loss":${Math.sin(step)},"s":"${step}","b":${step % 2 ? "true" : "null"}}`,
    );
    const { table, beside } = format.encode(lines);
    const readAll = async (tableBytes: Uint8Array, besideBytes: Uint8Array): Promise<Lines> => {
      const part = await format.open({ table: sourceOf(tableBytes), beside: sourceOf(besideBytes) });
      return part.lines(0, lines.length);
    };
    expect(await readAll(table, beside)).toEqual(lines);
    for (let position = 0; position < beside.length; position += 3) {
      const damaged = beside.slice();
      damaged[position] = (damaged[position] ?? 0) ^ 0x10;
      await expect(readAll(table, damaged)).rejects.toThrow(SealedPartError);
    }
    let found = 0;
    for (let position = 0; position < table.length; position += 5) {
      const damaged = table.slice();
      damaged[position] = (damaged[position] ?? 0) ^ 0x10;
      // Headers and footer are for other readers; what ours does not read cannot change its answer.
      const answer = await readAll(damaged, beside).catch((error: unknown) => error);
      if (answer instanceof SealedPartError) found += 1;
      else expect(answer).toEqual(lines);
    }
    expect(found).toBeGreaterThan(table.length / 25);
    await expect(readAll(table.slice(0, -1), beside)).rejects.toThrow(SealedPartError);
    await expect(readAll(table, beside.slice(0, -1))).rejects.toThrow(SealedPartError);
    await expect(readAll(table, beside.slice(0, 10))).rejects.toThrow(SealedPartError);
  });

  it("holds lines of thousands of keys and keys by the thousand that come once", async () => {
    const wide = `{${Array.from({ length: 12_000 }, (_, key) => `"k${key}":${key / 7}`).join()}}`;
    const lines = [wide, ...Array.from({ length: 50 }, (_, line) => `{"once/${line}":${line}}`), wide];
    const { table, beside } = new ParquetSealedFormat().encode(lines);
    const part = await format.open({ table: sourceOf(table), beside: sourceOf(beside) });
    expect((await part.lines(0, lines.length)).map(spell)).toEqual(lines.map(spell));
  });
});

/** Whether flattening the row gives the key, rather than an object above it or a value within media. */
function hasLeaf(row: Parameters<typeof flatten>[0], key: string): boolean {
  return [...flatten(row)].some(([name]) => name === key);
}

/** The value among those of that name that the readers of live lines find first. */
function findLeaf(row: Parameters<typeof flatten>[0], key: string): JsonValue | undefined {
  const leaves = [...flatten(row)].filter(([name]) => name === key);
  return leaves.length === 1 ? leaves[0]?.[1] : findValue(row, key);
}
