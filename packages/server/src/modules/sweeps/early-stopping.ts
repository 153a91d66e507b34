/**
 * Ends runs that do no better than others did: the runs' metrics are read as they grow, judged by the sweep's rule, and
 * those that are to end are asked to. Agents hear of it with their next call.
 */
import { isJsonObject, parseJson } from "@steelyard/protocol";
import type { Clock } from "../../ports/clock.ts";
import type { HistoryReader } from "../history/history-reader.ts";
import { findValue } from "../history/key-path.ts";
import type { Run } from "../runs/run.ts";
import type { RunStore } from "../runs/run-store.ts";
import { stoppedByController } from "./local-controller.ts";
import { runsToStop } from "./search/hyperband.ts";
import type { RunProgress } from "./search/hyperband.ts";
import { requestStops } from "./stop-runs.ts";
import { checkConfig } from "./sweep-input.ts";
import { ofSweep } from "./sweep-service.ts";
import type { SweepStore } from "./sweep-store.ts";
import type { Sweep } from "./sweep.ts";

/** What the judge is built from. */
export interface EarlyStoppingParts {
  readonly sweeps: SweepStore;
  readonly runs: RunStore;
  readonly reader: HistoryReader;
  readonly clock: Clock;
  /**
   * How long a judgement stands.
   *
   * @default 3 seconds
   */
  readonly pauseMs?: number;
}

/** What is known of a run's metric so far. */
interface Curve {
  readonly values: number[];
  /** The step after the last one read. */
  nextStep: number;
  /** Of the run when it was read; it grows with everything that the run's process says. */
  seq: number;
}

/** What is known of a sweep's runs. */
interface Judgement {
  readonly curves: Map<number, Curve>;
  judgedAtMs: number;
}

const PAGE = 1_000;
/** Sweeps whose curves are kept; others are read anew. */
const MAX_SWEEPS = 100;
/** Later values are not looked at, so that curves of endless runs stay small. */
const MAX_VALUES = 10_000;

/** Judges the runs of sweeps. */
export class EarlyStopping {
  readonly #parts: EarlyStoppingParts;
  readonly #pauseMs: number;
  readonly #judgements = new Map<number, Judgement>();

  constructor(parts: EarlyStoppingParts) {
    this.#parts = parts;
    this.#pauseMs = parts.pauseMs ?? 3_000;
  }

  /** Asks the runs of a sweep to stop that should, unless they were judged a moment ago. */
  async judge(sweepId: number): Promise<void> {
    const { sweeps, runs, clock } = this.#parts;
    const nowMs = Date.parse(clock.now());
    const known = this.#judgements.get(sweepId);
    if (known !== undefined && nowMs - known.judgedAtMs < this.#pauseMs) return;
    const sweep = await sweeps.find({ sweepId });
    if (sweep === undefined) return;
    const { config } = checkConfig(sweep.config);
    const isLocal = config.controller === "local";
    if (!isLocal && (config.earlyTerminate === null || config.metric === null)) return;
    const judgement = this.#remember(sweepId, known ?? { curves: new Map(), judgedAtMs: nowMs });
    judgement.judgedAtMs = nowMs;
    const all = await this.#readRuns(sweep);
    const names = new Set(stoppedByController(sweep));
    if (!isLocal && config.metric !== null && config.earlyTerminate !== null) {
      const longest = Math.min(config.earlyTerminate.brackets.at(-1) ?? 0, MAX_VALUES);
      const progress: RunProgress[] = [];
      for (const run of all) {
        const values = await this.#readCurve(judgement, run, { key: config.metric.name, longest });
        progress.push({ name: run.name, state: run.state, values });
      }
      for (const name of runsToStop(config, progress)) names.add(name);
    }
    const toStop = all.filter(({ name, state }) => names.has(name) && state === "running");
    await requestStops(runs, toStop, clock.now());
  }

  #remember(sweepId: number, judgement: Judgement): Judgement {
    // Moved to the end: the first one in the map is the one that was not used for longest.
    this.#judgements.delete(sweepId);
    this.#judgements.set(sweepId, judgement);
    const [oldest] = this.#judgements.keys();
    if (this.#judgements.size > MAX_SWEEPS && oldest !== undefined) this.#judgements.delete(oldest);
    return judgement;
  }

  async #readRuns(sweep: Sweep): Promise<readonly Run[]> {
    const found: Run[] = [];
    let after: string | null = null;
    do {
      const request = { projectId: sweep.projectId, filter: ofSweep(sweep), order: null, after, limit: PAGE };
      const page = await this.#parts.runs.query(request);
      found.push(...page.runs.map(({ run }) => run));
      after = page.hasNextPage ? (page.runs.at(-1)?.cursor ?? null) : null;
    } while (after !== null);
    return found;
  }

  async #readCurve(
    { curves }: Judgement,
    { projectId, runId, seq }: Run,
    { key, longest }: { readonly key: string; readonly longest: number },
  ): Promise<readonly number[]> {
    const curve = curves.get(runId) ?? { values: [], nextStep: 0, seq: -1 };
    curves.set(runId, curve);
    if (curve.values.length >= longest || curve.seq === seq) return curve.values;
    const spec = { keys: ["_step", key], samples: null, minStep: curve.nextStep, maxStep: null };
    const [selection] = await this.#parts.reader.select({
      projectId,
      runId,
      specs: [{ ...spec, mode: "all" }],
    });
    curve.seq = seq;
    for (const text of selection?.rows ?? []) {
      const row = parseJson(text);
      if (!isJsonObject(row) || curve.values.length >= longest) break;
      const value = findValue(row, key);
      if (typeof value === "number" || typeof value === "bigint") curve.values.push(Number(value));
      curve.nextStep = Number(row["_step"]) + 1;
    }
    return curve.values;
  }
}
