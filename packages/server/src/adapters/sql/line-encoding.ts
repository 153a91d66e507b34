// How a batch's lines become bytes. Joined text compresses as well as a JSON list and costs half of it to make and to
// read; the list is for the rare lines that joined text cannot hold.
import { constants, zstdCompress, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { LineEncoding } from "./history-tables.ts";

/** Below this size compressing takes longer than it saves. */
const minCompressedBytes = 1024;

/**
 * The fastest level that still shrinks well, with a window as large as most batches: a larger one takes a fifth longer
 * and gains nothing.
 */
const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: 17 };

/** Lines as bytes. */
export interface EncodedLines {
  readonly encoding: LineEncoding;
  readonly data: Uint8Array;
}

/** Turns lines into bytes. */
export function encodeLines(lines: readonly string[]): EncodedLines {
  const { form, bytes } = toBytes(lines);
  if (bytes.length < minCompressedBytes) return { encoding: form, data: bytes };
  return { encoding: `${form}+zstd`, data: zstdCompressSync(bytes, { params, chunkSize: bytes.length }) };
}

/** As `encodeLines`, compressing in another thread: while this one commits, the next lines get ready. */
export function encodeLinesAside(lines: readonly string[]): Promise<EncodedLines> {
  const { form, bytes } = toBytes(lines);
  if (bytes.length < minCompressedBytes) return Promise.resolve({ encoding: form, data: bytes });
  const { promise, resolve, reject } = Promise.withResolvers<EncodedLines>();
  zstdCompress(bytes, { params, chunkSize: bytes.length }, (error, data) => {
    if (error === null) resolve({ encoding: `${form}+zstd`, data });
    else reject(error);
  });
  return promise;
}

function toBytes(lines: readonly string[]): { readonly form: "json" | "text"; readonly bytes: Buffer } {
  const isJson = lines.some((line) => line.includes("\n") || !line.isWellFormed());
  return {
    form: isJson ? "json" : "text",
    bytes: Buffer.from(isJson ? JSON.stringify(lines) : lines.join("\n")),
  };
}

/** The lines that `encodeLines` was given; throws when the bytes were damaged. */
export function decodeLines({ encoding, data }: EncodedLines): readonly string[] {
  switch (encoding) {
    case "text":
      return toText(data).split("\n");
    case "text+zstd":
      return toText(unpack(data)).split("\n");
    case "json":
      return parseList(toText(data));
    case "json+zstd":
      return parseList(toText(unpack(data)));
  }
}

/** Lines shrink to a third; room for a quarter more spares most of them a copy. */
function unpack(data: Uint8Array): Buffer {
  return zstdDecompressSync(data, { chunkSize: Math.max(minCompressedBytes, data.byteLength * 4) });
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function parseList(text: string): readonly string[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new Error("expected a JSON list of lines");
  return list.map((line: unknown) => {
    if (typeof line !== "string") throw new Error("expected a JSON list of texts");
    return line;
  });
}
