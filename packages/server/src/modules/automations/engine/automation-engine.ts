/**
 * Follows the change feed and finds what sets off automations, behind everything that answers a request. What a batch of
 * changes comes to is recorded in one transaction before its place in the feed is, and each event has a key, so that a
 * restart neither loses nor repeats a firing.
 */
import type { RegexCompiler } from "@steelyard/protocol";
import type { ChangeEvent, ChangeFeed } from "../../../ports/change-feed.ts";
import type { Clock } from "../../../ports/clock.ts";
import { FeedReader } from "../../background/feed-reader.ts";
import type { EventVariables } from "../../executions/execution.ts";
import type { RunStore } from "../../runs/run-store.ts";
import type { Run } from "../../runs/run.ts";
import type { AutomationStore } from "../automation-store.ts";
import { ArtifactEvents } from "./artifact-events.ts";
import type { ArtifactEventsParts } from "./artifact-events.ts";
import { AutomationIndex } from "./automation-index.ts";
import { MetricWatch } from "./metric-watch.ts";
import type { MetricWatchParts, WatchResult } from "./metric-watch.ts";
import { ProjectPlaces } from "./project-places.ts";
import type { ProjectPlace, ProjectPlacesParts } from "./project-places.ts";
import { Recorder } from "./recorder.ts";
import { readStateChange, runVariables, toRunDocument } from "./run-events.ts";

/** What the engine is built from. */
export interface AutomationEngineParts extends ArtifactEventsParts, ProjectPlacesParts, MetricWatchParts {
  readonly automations: AutomationStore;
  readonly feed: ChangeFeed;
  readonly runs: Pick<RunStore, "find">;
  readonly clock: Clock;
  readonly regex: RegexCompiler;
}

const CONSUMER = "automations";
/** While there are no automations the place in the feed is recorded this often, so that the feed can be pruned. */
const IDLE_ADVANCE_MS = 60_000;

/** Finds what sets off automations. */
export class AutomationEngine {
  /** Its name in the feed. */
  readonly consumer: string = CONSUMER;
  readonly #parts: AutomationEngineParts;
  readonly #reader: FeedReader;
  readonly #artifacts: ArtifactEvents;
  readonly #metrics: MetricWatch;
  #index: AutomationIndex;
  #advancedAt = -Infinity;

  constructor(parts: AutomationEngineParts) {
    this.#parts = parts;
    this.#index = new AutomationIndex(-1, [], parts.regex);
    this.#reader = new FeedReader({ feed: parts.feed, consumer: this });
    this.#artifacts = new ArtifactEvents(parts);
    this.#metrics = new MetricWatch(parts);
  }

  /** Looks at some changes; returns whether there may be more. Nothing is read while there are no automations. */
  async readOn(): Promise<boolean> {
    // Before the look for automations: one that is made after it does not care for what is passed over here.
    const isIdle = performance.now() - this.#advancedAt >= IDLE_ADVANCE_MS;
    const last = isIdle ? (await this.#parts.feed.span()).last : 0;
    if (await this.#parts.automations.hasEnabled()) return this.#reader.readOn();
    if (isIdle) {
      await this.#reader.skipTo(last);
      this.#advancedAt = performance.now();
    }
    return false;
  }

  /** Judges changes, in their order. */
  async handle(changes: readonly ChangeEvent[]): Promise<void> {
    await this.#refresh();
    const recorder = new Recorder(this.#parts.clock.now());
    const places = new ProjectPlaces(this.#parts);
    const written = new Map<string, ChangeEvent>();
    for (const change of changes) {
      const { kind, projectId, runId } = change;
      if (kind === "run.history") written.set(`${projectId}/${runId ?? ""}`, change);
      else if (kind === "run.created" || kind === "run.state")
        await this.#judgeState(change, places, recorder);
      else if (kind === "run.deleted" && runId !== null) recorder.deletedRuns.push({ projectId, runId });
      else await this.#artifacts.judge(change, { index: this.#index, places, recorder });
    }
    if (this.#index.isWatchingMetrics) {
      for (const change of written.values()) await this.#judgeMetrics(change, places, recorder);
    }
    await this.#parts.automations.record(recorder);
  }

  async #refresh(): Promise<void> {
    const news = await this.#parts.automations.listEnabled({ revision: this.#index.revision });
    if (news === undefined) return;
    this.#index = new AutomationIndex(news.revision, news.automations, this.#parts.regex);
  }

  async #judgeState(change: ChangeEvent, places: ProjectPlaces, recorder: Recorder): Promise<void> {
    if (!this.#index.isWatchingStates) return;
    const moved = readStateChange(change);
    if (moved === undefined) return;
    const found = await this.#findRun(change, places);
    if (found === undefined) return;
    const { run, place } = found;
    const document = toRunDocument(run, place.project);
    for (const { automation, event, matchesRun } of this.#index.forState(toPlace(place), change.seq)) {
      recorder.note(automation);
      if (!event.states.includes(moved.coarse) || !matchesRun(document)) continue;
      recorder.fire({
        automation,
        eventKey: `change/${change.seq}`,
        eventType: event.type,
        projectId: run.projectId,
        // The run may have moved on since.
        variables: { ...runVariables(run, place.project, event.type), run_state: moved.state },
      });
    }
  }

  async #judgeMetrics(change: ChangeEvent, places: ProjectPlaces, recorder: Recorder): Promise<void> {
    const place = await places.find(change.projectId);
    if (place === undefined) return;
    const concerned = this.#index.forMetrics(toPlace(place), change.seq);
    const found = concerned.length === 0 ? undefined : await this.#findRun(change, places);
    if (found === undefined) return;
    const { run } = found;
    const document = toRunDocument(run, place.project);
    const watching = concerned.filter(({ matchesRun }) => matchesRun(document));
    const now = this.#parts.clock.now();
    for (const result of await this.#metrics.watch(run, watching, now)) {
      const { waiting, firings, stored } = result;
      recorder.note(waiting.automation);
      recorder.progress.push(stored);
      for (const firing of firings) {
        recorder.fire({
          automation: waiting.automation,
          eventKey: `run/${run.projectId}/${run.runId}/${firing.number}`,
          eventType: waiting.event.type,
          projectId: run.projectId,
          variables: {
            ...runVariables(run, place.project, waiting.event.type),
            ...metricVariables(waiting, firing),
          },
        });
      }
    }
  }

  async #findRun(
    { projectId, runId }: ChangeEvent,
    places: ProjectPlaces,
  ): Promise<{ readonly run: Run; readonly place: ProjectPlace } | undefined> {
    if (runId === null) return undefined;
    const place = await places.find(projectId);
    const run = place && (await this.#parts.runs.find({ projectId, runId }));
    return run && { run, place };
  }
}

function toPlace({ project, entityIds }: ProjectPlace): {
  readonly projectId: number;
  readonly collectionId: null;
  readonly entityIds: readonly number[];
} {
  return { projectId: project.id, collectionId: null, entityIds };
}

function metricVariables(
  { event }: WatchResult["waiting"],
  { verdict, line }: WatchResult["firings"][number],
): EventVariables {
  const { condition } = event;
  return {
    metric_name: condition.metric,
    metric_value: String(verdict.current),
    metric_compared: String(verdict.compared),
    metric_prior_value: verdict.prior === null ? "" : String(verdict.prior),
    metric_threshold: String(condition.kind === "change" ? condition.amount : condition.threshold),
    metric_comparison: condition.kind === "threshold" ? condition.comparison : condition.direction,
    metric_line: String(line),
  };
}
