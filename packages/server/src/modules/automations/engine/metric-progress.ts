/**
 * How far an automation has watched a run's metric: a plain value that is stored with what it set off, so that a
 * restart or a repeated line never counts twice.
 */
import { judgeMetric, valuesNeeded } from "../metric-condition.ts";
import type { MetricCondition, MetricVerdict } from "../metric-condition.ts";

/** An automation fires at most once in this time for a run, as W&B has it. */
export const COOLDOWN_MS: number = 24 * 60 * 60 * 1000;

/** The values of a metric by the number of their line, in the order of lines. */
export interface MetricPoints {
  readonly lines: readonly number[];
  readonly values: readonly number[];
}

/** The state of watching. */
export interface MetricProgress extends MetricPoints {
  /** Of the run's lines. */
  readonly version: number;
  /** Lines before this one were seen. */
  readonly lineCount: number;
  /** Whether the condition held at the last value. */
  readonly isMet: boolean;
  /** How often it has fired. */
  readonly firings: number;
  /** When it last did. */
  readonly firedAt: string | null;
}

/** Nothing was seen yet. */
export const NO_PROGRESS: MetricProgress = {
  version: 0,
  lineCount: 0,
  lines: [],
  values: [],
  isMet: false,
  firings: 0,
  firedAt: null,
};

/** A moment at which the condition became true and the automation fires. */
export interface MetricFiring {
  /** From 1. */
  readonly number: number;
  readonly line: number;
  readonly verdict: MetricVerdict;
}

/** What new values come to. */
export interface MetricAdvance {
  readonly progress: MetricProgress;
  readonly firings: readonly MetricFiring[];
}

/**
 * Takes values that follow those seen. Values of lines before `judgeFrom` only fill the windows. A condition that
 * becomes true during the cooldown passes unheard.
 */
export function advanceMetric(
  progress: MetricProgress,
  condition: MetricCondition,
  points: MetricPoints,
  { judgeFrom, now }: { readonly judgeFrom: number; readonly now: string },
): MetricAdvance {
  const needed = valuesNeeded(condition);
  const lines = [...progress.lines];
  const values = [...progress.values];
  const found: MetricFiring[] = [];
  let { isMet, firings, firedAt } = progress;
  for (const [index, line] of points.lines.entries()) {
    const value = points.values[index];
    if (value === undefined || Number.isNaN(value)) continue;
    lines.push(line);
    values.push(value);
    // Cut now and then: cutting at each value would copy the window each time.
    if (values.length >= 2 * needed + 64) dropOldest(lines, values, needed);
    if (line < judgeFrom) continue;
    const verdict = judgeMetric(condition, values);
    const isRising = verdict?.isMet === true && !isMet;
    isMet = verdict?.isMet ?? false;
    if (verdict === undefined || !isRising || isCooling(firedAt, now)) continue;
    firings += 1;
    firedAt = now;
    found.push({ number: firings, line, verdict });
  }
  dropOldest(lines, values, needed);
  return { progress: { ...progress, lines, values, isMet, firings, firedAt }, firings: found };
}

/** The progress as it was before a line, as far as that is known: windows may have lost values at their beginning. */
export function rewindMetric(progress: MetricProgress, line: number): MetricProgress {
  const kept = progress.lines.filter((number) => number < line).length;
  return {
    ...progress,
    lines: progress.lines.slice(0, kept),
    values: progress.values.slice(0, kept),
    lineCount: Math.min(progress.lineCount, line),
  };
}

/** Whether values that were read again are those that were seen, as far as they are remembered. */
export function isRepeated(progress: MetricProgress, from: number, points: MetricPoints): boolean {
  const first = Math.max(from, progress.lines[0] ?? progress.lineCount);
  const seen = pick(progress, (line) => line >= first);
  const again = pick(points, (line) => line >= first && line < progress.lineCount);
  return seen.length === again.length && seen.every((entry, index) => entry === again[index]);
}

function pick({ lines, values }: MetricPoints, isWanted: (line: number) => boolean): readonly string[] {
  return lines.flatMap((line, index) => {
    const value = values[index];
    return isWanted(line) && value !== undefined && !Number.isNaN(value) ? [`${line}=${value}`] : [];
  });
}

function isCooling(firedAt: string | null, now: string): boolean {
  return firedAt !== null && Date.parse(now) - Date.parse(firedAt) < COOLDOWN_MS;
}

function dropOldest(lines: number[], values: number[], kept: number): void {
  const excess = Math.max(0, values.length - kept);
  lines.splice(0, excess);
  values.splice(0, excess);
}
