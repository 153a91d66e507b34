/** What a file_stream body means for its run: the lines to write and the change of the run's document. */
import { FILE_STREAM_FILES, parseJsonObject } from "@steelyard/protocol";
import type { RunStreamChange } from "../runs/run-store.ts";
import { looksLikeObject, stepOfLine } from "./history-line.ts";
import type { LineStream, LineWrite, RunKey } from "./history-log.ts";
import { parseStreamBody } from "./stream-body.ts";
import type { LineChunk, StreamBody } from "./stream-body.ts";
import type { StreamAppend, StreamProblem } from "./stream-ingest.ts";

/** What to do for one request. */
export interface StreamPlan {
  readonly writes: readonly LineWrite[];
  readonly change: RunStreamChange;
  readonly problems: readonly StreamProblem[];
}

const MAX_PROBLEMS = 100;

/**
 * Plans a request for the run that it is about.
 *
 * @throws {ServerError} `invalid_argument` or `payload_too_large` for a body that cannot be read.
 */
export function planStream(request: StreamAppend, run: RunKey): StreamPlan {
  const body = parseStreamBody(request.body, request.encoding);
  const problems = [...body.problems];
  for (const stream of ["history", "events"] as const) {
    problems.push(...badLines(FILE_STREAM_FILES[stream], body[stream]));
  }
  const change = planChange(request, run, body, problems);
  return { writes: planWrites(request.writer, run, body), change, problems: firstProblems(problems) };
}

/** The first problems, and how many more there are. */
function firstProblems(problems: readonly StreamProblem[]): readonly StreamProblem[] {
  const more = problems.length - MAX_PROBLEMS;
  if (more <= 0) return problems;
  return [...problems.slice(0, MAX_PROBLEMS), { file: "", line: null, message: `And ${more} more problems` }];
}

function planWrites(writer: string, run: RunKey, body: StreamBody): readonly LineWrite[] {
  const write = (stream: LineStream, chunk: LineChunk | undefined): readonly LineWrite[] => {
    if (chunk === undefined || chunk.lines.length === 0) return [];
    const steps = stream === "history" ? stepRange(chunk.lines) : null;
    return [{ ...run, writer, stream, offset: chunk.offset, lines: chunk.lines, steps }];
  };
  return [
    ...write("history", body.history),
    ...write("events", body.events),
    ...write("console", body.console),
  ];
}

function planChange(
  request: StreamAppend,
  run: RunKey,
  body: StreamBody,
  problems: StreamProblem[],
): RunStreamChange {
  const summary = body.summary === undefined ? undefined : checkSummary(body.summary, problems);
  return {
    ...run,
    now: request.receivedAt,
    hasHistory: body.history !== undefined && body.history.lines.length > 0,
    ...(summary !== undefined && { summary }),
    ...(request.writer !== "" && { isShared: true }),
    ...(body.isPreempting && { isPreempting: true }),
    ...(body.exitCode !== undefined && { exitCode: body.exitCode }),
  };
}

/** A summary is queried and shown, so one that cannot be read is not stored. */
function checkSummary(text: string, problems: StreamProblem[]): string | undefined {
  try {
    parseJsonObject(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ file: FILE_STREAM_FILES.summary, line: 0, message: `Not stored: ${reason}` });
    return undefined;
  }
}

function badLines(file: string, chunk: LineChunk | undefined): readonly StreamProblem[] {
  if (chunk === undefined) return [];
  const message = "Not a JSON object; kept, but not shown as a row";
  return chunk.lines.flatMap((line, index) =>
    looksLikeObject(line) ? [] : [{ file, line: chunk.offset + index, message }],
  );
}

/** The least and greatest step of the lines; null when a line that may be a row states none. */
function stepRange(lines: readonly string[]): LineWrite["steps"] {
  let min = Infinity;
  let max = -Infinity;
  for (const line of lines) {
    if (!looksLikeObject(line)) continue;
    const step = stepOfLine(line);
    if (step === undefined) return null;
    min = Math.min(min, step);
    max = Math.max(max, step);
  }
  return min > max ? null : { min, max };
}
