// Writes on their way through the journal: as JSON while they wait, and merged when they are put into batches.
import { LINE_STREAMS } from "../../modules/history/history-log.ts";
import type { LineStream, LineWrite } from "../../modules/history/history-log.ts";

/** As large as a batch gets. */
const maxMergedLines = 4096;

/** The text that `parseWrites` reads. */
export function printWrites(writes: readonly LineWrite[]): string {
  return JSON.stringify(writes);
}

/** The writes of a text; throws when it was damaged. */
export function parseWrites(text: string): readonly LineWrite[] {
  const writes: unknown = JSON.parse(text);
  if (!Array.isArray(writes)) throw new TypeError("expected a list of writes in the journal");
  return writes.map(toWrite);
}

/** Fewer writes that do the same: those that go on where the one before them in their stream ended are joined. */
export function mergeWrites(writes: readonly LineWrite[]): readonly LineWrite[] {
  const merged: MergedWrite[] = [];
  const last = new Map<string, MergedWrite>();
  for (const write of writes) {
    const key = `${write.projectId}/${write.runId}/${write.stream}`;
    const before = last.get(key);
    if (before !== undefined && goesOn(before, write)) {
      before.lines.push(...write.lines);
      before.steps = joinSteps(before.steps, write.steps);
    } else {
      const next = { ...write, lines: [...write.lines] };
      merged.push(next);
      last.set(key, next);
    }
  }
  return merged;
}

type MergedWrite = Omit<LineWrite, "lines" | "steps"> & { lines: string[]; steps: LineWrite["steps"] };

function goesOn(before: MergedWrite, write: LineWrite): boolean {
  return (
    write.writer === before.writer &&
    write.offset === before.offset + before.lines.length &&
    // A batch of which only some steps are known counts as one of which none are.
    (write.steps === null) === (before.steps === null) &&
    before.lines.length + write.lines.length <= maxMergedLines
  );
}

function joinSteps(a: LineWrite["steps"], b: LineWrite["steps"]): LineWrite["steps"] {
  return a && b && { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

function toWrite(value: unknown): LineWrite {
  const field = (name: string): unknown => Reflect.get(Object(value), name);
  const lines = field("lines");
  if (!Array.isArray(lines)) throw damaged("lines");
  return {
    projectId: toNumber(field("projectId")),
    runId: toNumber(field("runId")),
    stream: toStream(field("stream")),
    writer: toText(field("writer")),
    offset: toNumber(field("offset")),
    lines: lines.map(toText),
    steps: toSteps(field("steps")),
  };
}

function toSteps(value: unknown): LineWrite["steps"] {
  if (value === null) return null;
  return {
    min: toNumber(Reflect.get(Object(value), "min")),
    max: toNumber(Reflect.get(Object(value), "max")),
  };
}

function toStream(value: unknown): LineStream {
  const stream = LINE_STREAMS.find((name) => name === value);
  if (stream === undefined) throw damaged("stream");
  return stream;
}

function toNumber(value: unknown): number {
  if (typeof value !== "number") throw damaged("number");
  return value;
}

function toText(value: unknown): string {
  if (typeof value !== "string") throw damaged("text");
  return value;
}

function damaged(what: string): TypeError {
  return new TypeError(`expected a ${what} in the journal`);
}
