/** The enabled automations by what they wait for, so that an event that nobody waits for costs a look into a map. */
import { compileFilter, compileRunFilter, parseFilter } from "@steelyard/protocol";
import type { Predicate, RegexCompiler, RunDocument } from "@steelyard/protocol";
import type { ArtifactEventType, Automation, AutomationEvent, MetricEventType } from "../automation.ts";
import { METRIC_EVENT_TYPES } from "../automation.ts";
import { resolveArtifactField } from "../event-filter.ts";
import type { ArtifactNames } from "../event-filter.ts";

/** Where an event happened. */
export interface EventPlace {
  readonly projectId: number;
  /** Null for events of runs. */
  readonly collectionId: number | null;
  /** The owner of the project, and the entity of the owner's organization. */
  readonly entityIds: readonly number[];
}

/** An automation that waits for one group of events. */
export interface Waiting<Event extends AutomationEvent> {
  readonly automation: Automation;
  readonly event: Event;
}

/** An automation that waits for an event of artifacts, with its filter ready. */
export interface WaitingForArtifact extends Waiting<Extract<AutomationEvent, { type: ArtifactEventType }>> {
  readonly matches: Predicate<ArtifactNames>;
}

/** An automation that waits for a state of runs. */
export interface WaitingForState extends Waiting<Extract<AutomationEvent, { type: "RUN_STATE" }>> {
  readonly matchesRun: Predicate<RunDocument>;
}

/** An automation that watches a metric of runs. */
export interface WaitingForMetric extends Waiting<Extract<AutomationEvent, { type: MetricEventType }>> {
  readonly matchesRun: Predicate<RunDocument>;
}

/** Automations in groups. */
export class AutomationIndex {
  /** Grows with every change of any automation. */
  readonly revision: number;
  readonly #artifacts = new Map<ArtifactEventType, WaitingForArtifact[]>();
  readonly #states: WaitingForState[] = [];
  readonly #metrics: WaitingForMetric[] = [];

  constructor(revision: number, automations: readonly Automation[], regex: RegexCompiler) {
    this.revision = revision;
    for (const automation of automations) this.#add(automation, regex);
  }

  /** Whether nobody waits for anything. */
  get isEmpty(): boolean {
    return this.#artifacts.size === 0 && this.#states.length === 0 && this.#metrics.length === 0;
  }

  /** Whether anybody waits for such an event of artifacts. */
  hasArtifactEvent(type: ArtifactEventType): boolean {
    return this.#artifacts.has(type);
  }

  /** Whether anybody waits for states, or for metrics. */
  get isWatchingStates(): boolean {
    return this.#states.length > 0;
  }

  get isWatchingMetrics(): boolean {
    return this.#metrics.length > 0;
  }

  /** Who waits for an event of artifacts in a place, of those who were there before it happened. */
  forArtifact(type: ArtifactEventType, place: EventPlace, seq: number): readonly WaitingForArtifact[] {
    return (this.#artifacts.get(type) ?? []).filter((waiting) => isConcerned(waiting, place, seq));
  }

  /** Who waits for a state of a run. */
  forState(place: EventPlace, seq: number): readonly WaitingForState[] {
    return this.#states.filter((waiting) => isConcerned(waiting, place, seq));
  }

  /** Who watches a metric of a run. */
  forMetrics(place: EventPlace, seq: number): readonly WaitingForMetric[] {
    return this.#metrics.filter((waiting) => isConcerned(waiting, place, seq));
  }

  #add(automation: Automation, regex: RegexCompiler): void {
    const { event } = automation;
    if (event.type === "RUN_STATE") {
      const matchesRun = compileRunFilter(parseFilter(event.runFilter), { regex });
      this.#states.push({ automation, event, matchesRun });
    } else if (isMetricEvent(event)) {
      const matchesRun = compileRunFilter(parseFilter(event.runFilter), { regex });
      this.#metrics.push({ automation, event, matchesRun });
    } else {
      const matches = compileFilter(parseFilter(event.filter), { regex, field: resolveArtifactField });
      const group = this.#artifacts.get(event.type) ?? [];
      group.push({ automation, event, matches });
      this.#artifacts.set(event.type, group);
    }
  }
}

function isMetricEvent(event: AutomationEvent): event is Extract<AutomationEvent, { type: MetricEventType }> {
  return METRIC_EVENT_TYPES.some((type) => type === event.type);
}

function isConcerned(
  { automation }: { readonly automation: Automation },
  place: EventPlace,
  seq: number,
): boolean {
  if (automation.afterSeq >= seq) return false;
  const { type, id } = automation.scope;
  switch (type) {
    case "PROJECT":
      return place.projectId === id;
    case "ARTIFACT_COLLECTION":
      return place.collectionId === id;
    case "ENTITY":
      return place.entityIds.includes(id);
  }
}
