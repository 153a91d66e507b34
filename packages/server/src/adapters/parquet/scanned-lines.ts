/** Scans the lines of a part into columns, and keeps what each line is and the order of its keys. */
import { LineStructureWriter } from "@steelyard/protocol";
import { KeyStatistics } from "../../modules/history/key-statistics.ts";
import { parsingCounter } from "../../modules/history/line-counter.ts";
import { FLOAT, INTEGER } from "./column-values.ts";
import { KeyOrder } from "./key-order.ts";
import { LineScanner } from "./line-scanner.ts";
import type { PathNode } from "./path-tree.ts";
import { countScanned } from "./scanned-line-counter.ts";

const USUAL = 0;
const ORDERED = 1;
const ABSENT = 2;
const TEXT = 3;

/** The steps of a part's lines. */
export interface StepSpan {
  readonly minStep: number | null;
  readonly maxStep: number | null;
  /** Whether every line is a row with an integer step that is greater than the one before. */
  readonly isAscending: boolean;
}

/** Lines as columns. */
export class ScannedLines {
  readonly lineCount: number;
  /** The columns in the usual order of keys. */
  readonly nodes: readonly PathNode[];
  readonly steps: StepSpan;
  readonly statistics: KeyStatistics = new KeyStatistics();
  readonly #lines: readonly (string | undefined)[];
  readonly #forms: Uint8Array;
  /** Columns of the lines whose order is not the usual one. */
  readonly #orders = new Map<number, readonly PathNode[]>();

  /** The first of the lines is number `firstLine` of its stream. */
  constructor(lines: readonly (string | undefined)[], firstLine: number) {
    const scanner = new LineScanner();
    const order = new KeyOrder();
    const { step } = scanner;
    this.#lines = lines;
    this.lineCount = lines.length;
    this.#forms = new Uint8Array(lines.length);
    const span: { -readonly [Key in keyof StepSpan]: StepSpan[Key] } = {
      minStep: null,
      maxStep: null,
      isAscending: true,
    };
    for (let line = 0; line < lines.length; line += 1) {
      const text = lines[line];
      const isPlain = text !== undefined && scanner.scanPlain(text);
      if (isPlain) countScanned(scanner, this.statistics, firstLine + line);
      else if (text !== undefined) parsingCounter.count(this.statistics, text, firstLine + line);
      if (text === undefined || !(isPlain || scanner.scan(text))) {
        this.#forms[line] = text === undefined ? ABSENT : TEXT;
        span.isAscending = false;
        continue;
      }
      const { leaves, kinds, numbers, texts, count } = scanner;
      if (!order.add(leaves, count)) {
        this.#forms[line] = ORDERED;
        this.#orders.set(line, leaves.slice(0, count));
      }
      let stepAt = -1;
      for (let index = 0; index < count; index += 1) {
        const node = leaves[index];
        if (node === step) stepAt = index;
        node?.values.add(line, kinds[index] ?? FLOAT, numbers[index] ?? NaN, texts[index]);
      }
      widen(span, stepAt === -1 ? undefined : stepOf(kinds[stepAt], numbers[stepAt]));
    }
    this.nodes = order.nodes;
    this.steps = span;
  }

  /** What lines [from, to) are, as it lies beside the table. */
  structure(from: number, to: number): Uint8Array | undefined {
    const writer = new LineStructureWriter();
    for (let line = from; line < to; line += 1) {
      switch (this.#forms[line]) {
        case USUAL:
          writer.addRow();
          break;
        case ORDERED:
          writer.addOrderedRow((this.#orders.get(line) ?? []).map(({ rank }) => rank));
          break;
        case ABSENT:
          writer.addAbsent();
          break;
        case undefined:
        default:
          writer.addText(this.#lines[line] ?? "");
      }
    }
    return writer.finish();
  }
}

/** The step as readers of live lines have it: any spelling of an integer that a double holds. */
function stepOf(kind: number | undefined, number: number | undefined): number | undefined {
  if (kind !== INTEGER && kind !== FLOAT) return undefined;
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

function widen(span: { -readonly [Key in keyof StepSpan]: StepSpan[Key] }, step: number | undefined): void {
  if (step === undefined) {
    span.isAscending = false;
    return;
  }
  if (span.maxStep !== null && step <= span.maxStep) span.isAscending = false;
  span.minStep = Math.min(span.minStep ?? step, step);
  span.maxStep = Math.max(span.maxStep ?? step, step);
}
