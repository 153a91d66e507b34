/** What became of items: looks up the runs that were announced for them, and whether their agents still live. */
import { DEFAULT_PROJECT } from "@steelyard/protocol";
import type { Clock } from "../../ports/clock.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { RunKey } from "../history/history-log.ts";
import type { ProjectStore } from "../projects/project-store.ts";
import type { Run } from "../runs/run.ts";
import type { RunStore } from "../runs/run-store.ts";
import { isAgentGone } from "./launch-agent.ts";
import type { LaunchAgentStore } from "./launch-agent-store.ts";
import { outcomeOf } from "./run-queue-item.ts";
import type { ItemOutcome, RunQueueItem } from "./run-queue-item.ts";

/** What they are read from. */
export interface ItemOutcomesParts {
  readonly entities: EntityStore;
  readonly projects: ProjectStore;
  readonly runs: RunStore;
  readonly launchAgents: LaunchAgentStore;
  readonly clock: Clock;
}

/** An item and what became of it. */
export interface ItemView extends RunQueueItem {
  readonly outcome: ItemOutcome;
  /** The run that has started for it. */
  readonly runKey: RunKey | null;
}

/** Reads outcomes. */
export class ItemOutcomes {
  readonly #parts: ItemOutcomesParts;

  constructor(parts: ItemOutcomesParts) {
    this.#parts = parts;
  }

  /** The item as it stands now. */
  async view(item: RunQueueItem): Promise<ItemView> {
    const isClaimed = item.runName !== null && item.status !== "PENDING";
    const run = isClaimed ? await this.#findRun(item, item.runName) : undefined;
    const isAgentLost = isClaimed && run === undefined && (await this.#isAgentLost(item));
    const outcome = outcomeOf(item, { now: this.#parts.clock.now(), run, isAgentLost });
    const runKey =
      run !== undefined && outcome.hasRun ? { projectId: run.projectId, runId: run.runId } : null;
    return { ...item, outcome, runKey };
  }

  async #findRun(item: RunQueueItem, name: string): Promise<Run | undefined> {
    const entity = await this.#parts.entities.find({ name: item.targetEntity });
    if (entity === undefined) return undefined;
    const stated = item.targetProject === "" ? DEFAULT_PROJECT : item.targetProject;
    // Agents put a project's name into lower case before they log to it.
    for (const projectName of new Set([stated, stated.toLowerCase()])) {
      const project = await this.#parts.projects.find({ entityId: entity.id, name: projectName });
      const run = project && (await this.#parts.runs.find({ projectId: project.id, name }));
      if (run !== undefined) return run;
    }
    return undefined;
  }

  async #isAgentLost({ agentId }: RunQueueItem): Promise<boolean> {
    if (agentId === null) return false;
    const agent = await this.#parts.launchAgents.find({ agentId });
    return agent === undefined || isAgentGone(agent, this.#parts.clock.now());
  }
}
