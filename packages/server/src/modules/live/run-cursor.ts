/** Where a reader of a run stands, as the text that it gives back when it comes again. */
import type { RowPosition } from "../history/history-reader.ts";

/** Where a reader stands. */
export interface RunCursor {
  /** What it has seen of the rows; null before the first look. */
  readonly position: RowPosition | null;
  /** The first step that it has not been sent; negative infinity before all. */
  readonly nextStep: number;
  /** The change of the run that it was told of last. */
  readonly runSeq: number;
}

/** The position of a reader that has seen nothing. */
export const RUN_START: RunCursor = { position: null, nextStep: -Infinity, runSeq: 0 };

const NUMBER = "(-?\\d{1,16})";
const TEXT = new RegExp(`^1\\.${NUMBER}\\.${NUMBER}\\.${NUMBER}\\.([01])\\.(${NUMBER}|n)\\.${NUMBER}$`);

/** Prints a cursor. */
export function printRunCursor({ position, nextStep, runSeq }: RunCursor): string {
  const { version, lineCount, lastStep, isAscending } = position ?? EMPTY;
  const next = nextStep === -Infinity ? "n" : nextStep;
  return ["1", version, lineCount, lastStep, isAscending ? 1 : 0, next, runSeq].join(".");
}

/** Reads a cursor; one that is not understood is as none: everything is sent again. */
export function parseRunCursor(text: string): RunCursor | undefined {
  const found = TEXT.exec(text);
  if (found === null) return undefined;
  const [, version, lineCount, lastStep, ascending, next, , runSeq] = found;
  const position = {
    version: Number(version),
    lineCount: Number(lineCount),
    lastStep: Number(lastStep),
    isAscending: ascending === "1",
  };
  return {
    position: position.version === 0 ? null : position,
    nextStep: next === "n" ? -Infinity : Number(next),
    runSeq: Number(runSeq),
  };
}

const EMPTY: RowPosition = { version: 0, lineCount: 0, lastStep: -1, isAscending: true };
