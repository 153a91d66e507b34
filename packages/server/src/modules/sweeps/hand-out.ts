/**
 * Carries out what follows from agents' calls. A decision holds only for the revision of the sweep that it was made on,
 * so no two agents are ever given the same, on however many nodes they call; within one node they take turns, which
 * spares the search from working for nothing.
 */
import { parseJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import { Turns } from "../exports/turns.ts";
import { inventRunId, inventSweepRunName } from "../runs/run-name.ts";
import type { RunStore } from "../runs/run-store.ts";
import { nextOfController } from "./local-controller.ts";
import { planHeartbeat } from "./heartbeat-plan.ts";
import { toRunConfig } from "./run-parameters.ts";
import { checkConfig } from "./sweep-input.ts";
import type { CheckedConfig } from "./sweep-input.ts";
import type { SweepRun, SweepRunStore, SweepStanding, SweepTrials } from "./sweep-run-store.ts";
import type { SweepSearch } from "./sweep-search.ts";
import type { SweepStore } from "./sweep-store.ts";
import type { Sweep, SweepAgent } from "./sweep.ts";

/** What handing out is built from. */
export interface HandOutParts {
  readonly sweeps: SweepStore;
  readonly sweepRuns: SweepRunStore;
  readonly runs: RunStore;
  readonly search: SweepSearch;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** Agents that have not called since are lost. */
  readonly lostBefore: () => string;
}

/** What an agent is told to do. */
export type AgentCommand =
  | {
      readonly type: "run";
      readonly run_id: string;
      /** The program of the sweep's config, for agents that start one. */
      readonly program: string | null;
      /** As a run's config has them. */
      readonly args: JsonObject;
    }
  | { readonly type: "stop"; readonly run_id: string }
  | { readonly type: "exit" };

/** Something else was decided meanwhile; look again. */
const AGAIN = Symbol("again");

type Outcome = AgentCommand | undefined;

/** More rounds than there can be agents deciding at once. */
const MAX_ROUNDS = 1_000;
const MAX_SEED = 2 ** 32;
const MAX_PRIOR_RUNS = 1_000;

/** Hands out the runs of sweeps. */
export class HandOut {
  readonly #parts: HandOutParts;
  readonly #turns = new Map<number, Turns>();

  constructor(parts: HandOutParts) {
    this.#parts = parts;
  }

  /** What an agent that says it has some runs is to do; `gone` when its sweep was deleted. */
  async answer(agent: SweepAgent, runNames: readonly string[]): Promise<Outcome | "gone"> {
    const { sweepId } = agent;
    const turns = this.#turns.get(sweepId) ?? new Turns(1);
    this.#turns.set(sweepId, turns);
    const end = await turns.take();
    try {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const standing = await this.#parts.sweepRuns.standing({ sweepId, runNames });
        if (standing === undefined) {
          this.#turns.delete(sweepId);
          return "gone";
        }
        const outcome = await this.#answerOnce(agent, runNames, standing);
        if (outcome !== AGAIN) return outcome;
      }
      throw new ServerError("unavailable", "Too many agents called at once; this one may call again");
    } finally {
      end();
    }
  }

  async #answerOnce(
    agent: SweepAgent,
    runNames: readonly string[],
    standing: SweepStanding,
  ): Promise<Outcome | typeof AGAIN> {
    const { sweepRuns, clock } = this.#parts;
    const { sweep } = standing;
    const lostBefore = this.#parts.lostBefore();
    const plan = planHeartbeat({ standing, agentId: agent.id, runNames, lostBefore });
    await sweepRuns.markSeen({ sweepId: sweep.id, runIds: plan.seen.map(toRunId) });
    for (const state of ["failed", "killed"] as const) {
      const runIds = plan[state].map(toRunId);
      if (runIds.length > 0)
        await sweepRuns.endPending({ sweepId: sweep.id, runIds, state, now: clock.now() });
    }
    if (plan.failed.length + plan.killed.length > 0) return AGAIN;
    switch (plan.action.kind) {
      case "wait":
        return undefined;
      case "exit":
        return { type: "exit" };
      case "stop":
        return { type: "stop", run_id: plan.action.runName };
      case "hand":
        return this.#hand(agent, sweep, plan.action.run);
      case "search":
        return this.#search(agent, standing);
    }
  }

  async #hand(agent: SweepAgent, sweep: Sweep, run: SweepRun): Promise<Outcome | typeof AGAIN> {
    const { sweepRuns, clock } = this.#parts;
    if (!(await this.#begin(sweep))) return AGAIN;
    const { runId } = run;
    const decision = { sweepId: sweep.id, revision: sweep.revision, runId, now: clock.now() };
    if (!(await sweepRuns.hand({ ...decision, agentId: agent.id }))) return AGAIN;
    return runCommand(sweep, run.name, parseJsonObject(run.parameters ?? "{}"));
  }

  /** Whether the sweep runs already; if it did not, it does now and has to be looked at again. */
  async #begin({ id: sweepId, state, revision }: Sweep): Promise<boolean> {
    if (state === "RUNNING") return true;
    const { sweeps, clock } = this.#parts;
    await sweeps.update({ sweepId, state: "RUNNING", ifRevision: revision, now: clock.now() });
    return false;
  }

  async #search(agent: SweepAgent, standing: SweepStanding): Promise<Outcome | typeof AGAIN> {
    const { sweep } = standing;
    if (sweep.isExhausted) return this.#leave(standing);
    if (!(await this.#begin(sweep))) return AGAIN;
    const checked = checkConfig(sweep.config);
    const { config } = checked;
    if (config.runCap !== null && standing.runCount >= config.runCap) return this.#exhaust(sweep);
    if (config.controller === "local") return this.#followController(agent, standing);
    // Its runs come from whoever chooses them, by enqueueSweepRun.
    if (config.method === "custom") return undefined;
    const trials = await this.#readTrials(sweep, checked);
    if (trials === undefined) return AGAIN;
    const { parameters } = await this.#parts.search.next({
      config: checked.json,
      trials: trials.trials.map(({ parameters, metric, state }) => ({ parameters, metric, state })),
      seed: this.#parts.ids.integer(MAX_SEED),
    });
    if (parameters === null) return this.#exhaust(trials.sweep);
    return this.#beginRun(agent, { standing, sweep: trials.sweep, parameters });
  }

  /** What was tried, as far as the method looks at it. */
  async #readTrials(sweep: Sweep, { config }: CheckedConfig): Promise<SweepTrials | undefined> {
    const { sweepRuns } = this.#parts;
    const { method, metric } = config;
    const hasTarget = metric !== null && metric.target !== null;
    if (method === "random" && !hasTarget) return { sweep, trials: [] };
    return sweepRuns.trials({
      sweepId: sweep.id,
      metric: method === "bayes" || hasTarget ? metric : null,
      priorRunIds: await this.#findPriorRuns(sweep),
    });
  }

  async #findPriorRuns({ projectId, priorRunsFilter }: Sweep): Promise<readonly number[]> {
    if (priorRunsFilter === null) return [];
    const request = { projectId, filter: priorRunsFilter, order: null, after: null, limit: MAX_PRIOR_RUNS };
    const { runs } = await this.#parts.runs.query(request);
    return runs.map(({ run }) => run.runId);
  }

  async #followController(agent: SweepAgent, standing: SweepStanding): Promise<Outcome | typeof AGAIN> {
    const { sweep } = standing;
    const runName = inventRunId(this.#parts.ids);
    const next = nextOfController(sweep, runName);
    if (next === "nothing yet") return undefined;
    if (next === "done") return this.#exhaust(sweep);
    return this.#beginRun(agent, { standing, sweep, runName, ...next });
  }

  async #beginRun(
    agent: SweepAgent,
    run: {
      readonly standing: SweepStanding;
      /** As the parameters were chosen for. */
      readonly sweep: Sweep;
      readonly parameters: JsonObject;
      readonly runName?: string;
      readonly scheduler?: string;
    },
  ): Promise<Outcome | typeof AGAIN> {
    const { sweepRuns, ids, clock } = this.#parts;
    const { standing, sweep, parameters, runName = inventRunId(ids), scheduler } = run;
    const begun = await sweepRuns.begin({
      sweepId: sweep.id,
      revision: sweep.revision,
      agentId: agent.id,
      name: runName,
      displayName: inventSweepRunName(ids, standing.runCount + 1),
      parameters: printJson(parameters),
      config: printJson(toRunConfig(parameters)),
      userId: agent.userId,
      ...(scheduler !== undefined && { scheduler }),
      now: clock.now(),
    });
    return begun === undefined ? AGAIN : runCommand(sweep, runName, parameters);
  }

  async #exhaust({ id: sweepId, revision }: Sweep): Promise<typeof AGAIN> {
    const { sweeps, clock } = this.#parts;
    await sweeps.update({ sweepId, isExhausted: true, ifRevision: revision, now: clock.now() });
    return AGAIN;
  }

  /** Nothing is left to try. An agent stays while a run waits for its process: should that never come, it gets the run. */
  async #leave({ sweep, pending, liveCount }: SweepStanding): Promise<Outcome | typeof AGAIN> {
    if (pending.some((run) => run.parameters !== null)) return undefined;
    if (liveCount === 0) {
      const { sweeps, clock } = this.#parts;
      const finished = { sweepId: sweep.id, state: "FINISHED", ifRevision: sweep.revision } as const;
      await sweeps.update({ ...finished, now: clock.now() });
    }
    return { type: "exit" };
  }
}

function toRunId({ runId }: SweepRun): number {
  return runId;
}

function runCommand(sweep: Sweep, runName: string, parameters: JsonObject): AgentCommand {
  const { program } = checkConfig(sweep.config).config;
  return { type: "run", run_id: runName, program, args: toRunConfig(parameters) };
}
