/**
 * Brings automations up to date with a run's rows: reads the lines that came since, and judges each value as it came.
 * Lines that came again are told from lines that were written anew, so that neither a repeated request nor a rewound
 * run counts twice.
 */
import type { HistoryLog, RunKey } from "../../history/history-log.ts";
import type { KeyValues, MetricValueReader } from "../../history/metric-values.ts";
import type { Run } from "../../runs/run.ts";
import type { AutomationStore, StoredProgress } from "../automation-store.ts";
import { valuesNeeded } from "../metric-condition.ts";
import type { WaitingForMetric } from "./automation-index.ts";
import { advanceMetric, isRepeated, NO_PROGRESS, rewindMetric } from "./metric-progress.ts";
import type { MetricFiring, MetricPoints, MetricProgress } from "./metric-progress.ts";

/** What runs are watched with. */
export interface MetricWatchParts {
  readonly automations: Pick<AutomationStore, "progressOf">;
  readonly log: Pick<HistoryLog, "changes">;
  readonly metricValues: MetricValueReader;
}

/** What watching a run came to for one automation. */
export interface WatchResult {
  readonly waiting: WaitingForMetric;
  readonly stored: StoredProgress;
  readonly firings: readonly MetricFiring[];
}

/** Lines asked for at once. */
const BLOCK = 5000;
/** Lines that are looked through at most to fill a window that begins before the first line to judge. */
const MAX_LOOK_BACK = 50_000;

/** Watches metrics of runs. */
export class MetricWatch {
  readonly #parts: MetricWatchParts;

  constructor(parts: MetricWatchParts) {
    this.#parts = parts;
  }

  /** Judges what came since each of the automations last looked. */
  async watch(run: Run, watching: readonly WaitingForMetric[], now: string): Promise<readonly WatchResult[]> {
    const { projectId, runId } = run;
    const automationIds = watching.map(({ automation }) => automation.id);
    const stored = await this.#parts.automations.progressOf({ projectId, runId, automationIds });
    const known = new Map(stored.map((entry) => [entry.automationId, entry.progress]));
    const read = new ReadValues(this.#parts.metricValues, { projectId, runId }, metricsOf(watching));
    const results: WatchResult[] = [];
    for (const waiting of watching) {
      const result = await this.#watchOne(run, waiting, {
        before: known.get(waiting.automation.id),
        read,
        now,
      });
      if (result !== undefined) results.push(result);
    }
    return results;
  }

  async #watchOne(
    run: Run,
    waiting: WaitingForMetric,
    {
      before,
      read,
      now,
    }: {
      readonly before: MetricProgress | undefined;
      readonly read: ReadValues;
      readonly now: string;
    },
  ): Promise<WatchResult | undefined> {
    const { projectId, runId } = run;
    const { automation, event } = waiting;
    const since = before?.version ?? 0;
    const changes = await this.#parts.log.changes({ projectId, runId, stream: "history", since });
    const { version, lineCount } = changes;
    if (before?.version === version) return undefined;
    const start = await this.#start({
      run,
      waiting,
      before,
      read,
      lineCount,
      from: changes.from ?? lineCount,
    });
    let { progress } = start;
    const firings: MetricFiring[] = [];
    for (let from = start.readFrom; from < lineCount; from += BLOCK) {
      const points = await read.values(event.condition.metric, from, Math.min(from + BLOCK, lineCount));
      const advance = advanceMetric(progress, event.condition, points, { judgeFrom: start.judgeFrom, now });
      ({ progress } = advance);
      firings.push(...advance.firings);
    }
    const moved = { ...progress, version, lineCount };
    return { waiting, firings, stored: { automationId: automation.id, projectId, runId, progress: moved } };
  }

  /** From where to read and to judge. */
  async #start(of: {
    readonly run: Run;
    readonly waiting: WaitingForMetric;
    readonly before: MetricProgress | undefined;
    readonly read: ReadValues;
    readonly lineCount: number;
    readonly from: number;
  }): Promise<{ readonly progress: MetricProgress; readonly readFrom: number; readonly judgeFrom: number }> {
    const { run, waiting, before, read, lineCount, from } = of;
    const { automation, event } = waiting;
    const { condition } = event;
    if (before === undefined) {
      if (run.createdAt >= automation.armedAt) return { progress: NO_PROGRESS, readFrom: 0, judgeFrom: 0 };
      // The run is older than the automation: its rows fill the windows, and the last value is judged.
      const seen = await this.#lookBack(read, waiting, lineCount);
      const last = seen.lines.at(-1) ?? lineCount;
      return { progress: NO_PROGRESS, readFrom: seen.lines[0] ?? lineCount, judgeFrom: last };
    }
    if (from >= before.lineCount) {
      return { progress: before, readFrom: before.lineCount, judgeFrom: before.lineCount };
    }
    const again = await read.values(condition.metric, from, Math.min(before.lineCount, lineCount));
    if (lineCount >= before.lineCount && isRepeated(before, from, again)) {
      return { progress: before, readFrom: before.lineCount, judgeFrom: before.lineCount };
    }
    // Rows were written anew from a line on: the windows are filled with what stands before it.
    const seen = await this.#lookBack(read, waiting, from);
    const empty = { ...rewindMetric(before, 0), isMet: false };
    const lastSeen = seen.lines.at(-1) ?? from;
    const { progress } = advanceMetric(empty, condition, seen, {
      judgeFrom: lastSeen,
      // Within the cooldown by construction: what is looked at again never fires.
      now: before.firedAt ?? "",
    });
    return {
      progress: { ...progress, firings: before.firings, firedAt: before.firedAt },
      readFrom: from,
      judgeFrom: from,
    };
  }

  /** The values that fill a window up to a line, as far as they are found near it. */
  async #lookBack(read: ReadValues, waiting: WaitingForMetric, to: number): Promise<MetricPoints> {
    const { condition } = waiting.event;
    const needed = valuesNeeded(condition);
    let lines: readonly number[] = [];
    let values: readonly number[] = [];
    for (let end = to; end > 0 && values.length < needed && to - end < MAX_LOOK_BACK; end -= BLOCK) {
      const points = await read.values(condition.metric, Math.max(0, end - BLOCK), end);
      lines = [...points.lines, ...lines];
      values = [...points.values, ...values];
    }
    return { lines, values };
  }
}

/** Reads values of all metrics of a run at once, since several automations ask for the same lines. */
class ReadValues {
  readonly #reader: MetricValueReader;
  readonly #run: RunKey;
  readonly #keys: readonly string[];
  #range: string | undefined;
  #values: readonly KeyValues[] = [];

  constructor(reader: MetricValueReader, run: RunKey, keys: readonly string[]) {
    this.#reader = reader;
    this.#run = run;
    this.#keys = keys;
  }

  async values(key: string, from: number, to: number): Promise<MetricPoints> {
    const range = `${from}-${to}`;
    if (range !== this.#range) {
      this.#values = await this.#reader.values({ ...this.#run, from, to, keys: this.#keys });
      this.#range = range;
    }
    return this.#values[this.#keys.indexOf(key)] ?? { lines: [], values: [] };
  }
}

function metricsOf(watching: readonly WaitingForMetric[]): readonly string[] {
  return [...new Set(watching.map(({ event }) => event.condition.metric))];
}
