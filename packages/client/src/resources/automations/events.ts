/** The events that automations can be about, by class: where, and under which condition. */
import type { JsonObject } from "@steelyard/protocol";

import { ValueError } from "../../core/errors.ts";
import type { ArtifactCollection } from "../artifact-collections/artifact-collection.ts";
import type { AutomationAction } from "./actions.ts";
import { FilterExpression, wrapArtifactFilter } from "./filters/filter-expression.ts";
import { MetricChangeFilter, MetricThresholdFilter } from "./filters/metric-filters.ts";
import type { MetricFilter } from "./filters/metric-filters.ts";
import type { RunStateFilter } from "./filters/run-state-filter.ts";
import { NewAutomation } from "./new-automation.ts";
import type { ArtifactCollectionScope, ScopeLike } from "./scopes.ts";

/** The kinds of events that an automation can be made for. Mirrors `EventType`. */
export type EventType =
  | "CREATE_ARTIFACT"
  | "LINK_MODEL"
  | "UNLINK_ARTIFACT"
  | "ADD_ARTIFACT_ALIAS"
  | "ADD_ARTIFACT_TAG"
  | "REMOVE_ARTIFACT_TAG"
  | "ADD_COLLECTION_TAG"
  | "REMOVE_COLLECTION_TAG"
  | "RUN_METRIC"
  | "RUN_METRIC_CHANGE"
  | "RUN_METRIC_ZSCORE"
  | "RUN_STATE";

/** What an event is about and what it asks for. */
interface EventOptions<S, F> {
  /** Where it has to happen. */
  readonly scope: S;
  /** What else has to be so. */
  readonly filter: F;
}

/** What an event can ask for. */
export type EventFilter = FilterExpression | MetricFilter | RunStateFilter;

/** An event with a scope and a condition. */
export abstract class AutomationEvent<F extends EventFilter = EventFilter, S extends ScopeLike = ScopeLike> {
  /** The kind of event. Mirrors `event_type`. */
  abstract readonly eventType: EventType;
  /** Where it has to happen. */
  readonly scope: S;
  /** What else has to be so. */
  readonly filter: F;

  constructor({ scope, filter }: EventOptions<S, F>) {
    this.scope = scope;
    this.filter = filter;
  }

  /**
   * An automation that does something when this event happens. Mirrors `then` and `>>`. An event is for that reason no
   * value to wait for: `await event` throws.
   *
   * @throws {ValueError} when what is given is no action.
   */
  then(action: AutomationAction): NewAutomation {
    if (typeof action === "function") throw new ValueError("An event takes an action and cannot be awaited");
    return new NewAutomation({ event: this, action });
  }

  /** The filter as the server takes it. @internal */
  wireFilter(): JsonObject {
    return this.filter.toJSON();
  }
}

/** An event of artifacts. */
abstract class EventOfArtifacts<S extends ScopeLike = ScopeLike> extends AutomationEvent<
  FilterExpression,
  S
> {
  constructor({ scope, filter }: { readonly scope: S; readonly filter?: FilterExpression }) {
    super({ scope, filter: filter ?? new FilterExpression() });
  }

  /** @internal */
  override wireFilter(): JsonObject {
    return wrapArtifactFilter(this.filter);
  }
}

/** A version is logged to a collection. Its scope is a collection. Mirrors `OnCreateArtifact`. */
export class OnCreateArtifact extends EventOfArtifacts<ArtifactCollection | ArtifactCollectionScope> {
  override readonly eventType = "CREATE_ARTIFACT";
}

/** A version is linked to a collection. Mirrors `OnLinkArtifact`. */
export class OnLinkArtifact extends EventOfArtifacts {
  override readonly eventType = "LINK_MODEL";
}

/** A version is taken from a collection that it was linked to. Mirrors `OnUnlinkArtifact`. */
export class OnUnlinkArtifact extends EventOfArtifacts {
  override readonly eventType = "UNLINK_ARTIFACT";
}

/** A version gets an alias. Mirrors `OnAddArtifactAlias`. */
export class OnAddArtifactAlias extends EventOfArtifacts {
  override readonly eventType = "ADD_ARTIFACT_ALIAS";
}

/** A version gets a tag. Mirrors `OnAddArtifactTag`. */
export class OnAddArtifactTag extends EventOfArtifacts {
  override readonly eventType = "ADD_ARTIFACT_TAG";
}

/** A version loses a tag. Mirrors `OnRemoveArtifactTag`. */
export class OnRemoveArtifactTag extends EventOfArtifacts {
  override readonly eventType = "REMOVE_ARTIFACT_TAG";
}

/** A collection gets a tag. Mirrors `OnAddCollectionTag`. */
export class OnAddCollectionTag extends EventOfArtifacts {
  override readonly eventType = "ADD_COLLECTION_TAG";
}

/** A collection loses a tag. Mirrors `OnRemoveCollectionTag`. */
export class OnRemoveCollectionTag extends EventOfArtifacts {
  override readonly eventType = "REMOVE_COLLECTION_TAG";
}

/** A metric of a run meets a condition. Its scope is a project or an entity. Mirrors `OnRunMetric`. */
export class OnRunMetric extends AutomationEvent<MetricFilter> {
  override readonly eventType: "RUN_METRIC" | "RUN_METRIC_CHANGE" | "RUN_METRIC_ZSCORE";

  constructor(options: EventOptions<ScopeLike, MetricFilter>) {
    super(options);
    this.eventType = metricEventType(options.filter);
  }
}

/** A run comes into a state. Its scope is a project or an entity. Mirrors `OnRunState`. */
export class OnRunState extends AutomationEvent<RunStateFilter> {
  override readonly eventType = "RUN_STATE";
}

function metricEventType(filter: MetricFilter): "RUN_METRIC" | "RUN_METRIC_CHANGE" | "RUN_METRIC_ZSCORE" {
  if (filter instanceof MetricThresholdFilter) return "RUN_METRIC";
  return filter instanceof MetricChangeFilter ? "RUN_METRIC_CHANGE" : "RUN_METRIC_ZSCORE";
}
