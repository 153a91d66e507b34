/**
 * Reads the body of a file_stream request. What has the wrong shape is refused with the name of the field, because the
 * client would otherwise send it for days; what is merely unknown is reported and left out.
 */
import { gunzipSync } from "node:zlib";
import { FILE_STREAM_FILES, parseJson } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { StreamProblem } from "./stream-ingest.ts";

/** A body, understood. */
export interface StreamBody {
  readonly history: LineChunk | undefined;
  readonly events: LineChunk | undefined;
  readonly console: LineChunk | undefined;
  /** The whole summary as JSON text, not yet judged. */
  readonly summary: string | undefined;
  readonly isPreempting: boolean;
  /** Set when the run is over. */
  readonly exitCode: number | undefined;
  readonly problems: readonly StreamProblem[];
}

/** Consecutive lines; `lines[i]` belongs at `offset + i`. */
export interface LineChunk {
  readonly offset: number;
  readonly lines: readonly string[];
}

/** The most bytes that a compressed body may become; far above what clients send in one request. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** Line counts are 32-bit integers on the wire. */
const MAX_LINE_COUNT = 2 ** 31 - 1;

const TOP_LEVEL_KEYS = ["files", "uploaded", "preempting", "complete", "exitcode"];
/** Sent by older clients; nothing follows from them. */
const LEGACY_KEYS = ["dropped", "failed"];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a body.
 *
 * @throws {ServerError} `invalid_argument` naming the field, or `payload_too_large`.
 */
export function parseStreamBody(body: Uint8Array, encoding: "identity" | "gzip"): StreamBody {
  const fields = parseFields(encoding === "gzip" ? unzip(body) : body);
  const problems: StreamProblem[] = [];
  for (const key of Object.keys(fields)) {
    if (!TOP_LEVEL_KEYS.includes(key) && !LEGACY_KEYS.includes(key)) {
      problems.push({ file: "", line: null, message: `Unknown field ${JSON.stringify(key)}` });
    }
  }
  const chunks = parseFiles(fields["files"], problems);
  const summary = chunks.get(FILE_STREAM_FILES.summary)?.lines.at(-1);
  checkUploaded(fields["uploaded"]);
  return {
    history: chunks.get(FILE_STREAM_FILES.history),
    events: chunks.get(FILE_STREAM_FILES.events),
    console: chunks.get(FILE_STREAM_FILES.output),
    summary,
    isPreempting: parseFlag(fields, "preempting"),
    exitCode: parseExitCode(fields),
    problems,
  };
}

function unzip(body: Uint8Array): Uint8Array {
  try {
    return gunzipSync(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (cause) {
    if (cause instanceof RangeError) {
      const message = `The body is larger than ${MAX_BODY_BYTES} bytes when it is unpacked`;
      throw new ServerError("payload_too_large", message, { cause, field: "body" });
    }
    throw invalid("body", "expected the body to be gzip as its Content-Encoding says", cause);
  }
}

function parseFields(body: Uint8Array): Fields {
  const value = parseText(new TextDecoder().decode(body));
  if (!isFields(value)) throw invalid("body", "expected a JSON object");
  return value;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Bare NaN is legal in what clients write; the tolerant parser is slower and says where it stopped.
  }
  try {
    return parseJson(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid("body", `expected JSON: ${reason}`, cause);
  }
}

function parseFiles(files: unknown, problems: StreamProblem[]): ReadonlyMap<string, LineChunk> {
  const chunks = new Map<string, LineChunk>();
  if (files === undefined || files === null) return chunks;
  if (!isFields(files)) throw invalid("files", "expected an object");
  for (const [name, chunk] of Object.entries(files)) {
    const isKnown = Object.values(FILE_STREAM_FILES).some((known) => known === name);
    if (isKnown) chunks.set(name, parseChunk(chunk, `files.${name}`));
    else problems.push({ file: name, line: null, message: "Unknown file; it is not stored" });
  }
  return chunks;
}

function parseChunk(chunk: unknown, field: string): LineChunk {
  if (!isFields(chunk)) throw invalid(field, "expected an object with offset and content");
  const { offset, content } = chunk;
  if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) {
    throw invalid(`${field}.offset`, "expected an integer of 0 or more");
  }
  if (!Array.isArray(content)) throw invalid(`${field}.content`, "expected a list of texts");
  if (offset + content.length > MAX_LINE_COUNT) {
    throw invalid(`${field}.offset`, `a file has at most ${MAX_LINE_COUNT} lines`);
  }
  const lines = content.map((line: unknown, index) => {
    if (typeof line !== "string") throw invalid(`${field}.content[${index}]`, "expected a text");
    return line;
  });
  return { offset, lines };
}

function checkUploaded(uploaded: unknown): void {
  if (uploaded === undefined || uploaded === null) return;
  if (!Array.isArray(uploaded) || !uploaded.every((name) => typeof name === "string")) {
    throw invalid("uploaded", "expected a list of texts");
  }
}

function parseFlag(fields: Fields, name: string): boolean {
  const value = fields[name] ?? false;
  if (typeof value !== "boolean") throw invalid(name, "expected true or false");
  return value;
}

function parseExitCode(fields: Fields): number | undefined {
  const exitCode = fields["exitcode"] ?? undefined;
  const isCode = typeof exitCode === "number" && Number.isInteger(exitCode) && Math.abs(exitCode) < 2 ** 31;
  if (exitCode !== undefined && !isCode) throw invalid("exitcode", "expected an integer");
  if (!parseFlag(fields, "complete")) return undefined;
  return isCode ? exitCode : 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(field: string, expectation: string, cause?: unknown): ServerError {
  const options = cause === undefined ? { field } : { field, cause };
  return new ServerError(
    "invalid_argument",
    `Invalid file_stream request: ${field}: ${expectation}`,
    options,
  );
}
