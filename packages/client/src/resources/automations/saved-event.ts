/** The event of an automation as the server has it. */
import { isJsonObject, parseJsonObject } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import { wrapArtifactFilter, FilterExpression, unwrapFilter } from "./filters/filter-expression.ts";
import { parseMetricFilter } from "./filters/metric-filters.ts";
import { parseRunStateFilter } from "./filters/run-state-filter.ts";
import type { AutomationEvent, EventFilter } from "./events.ts";

/** The event of a saved automation: its kind and its condition. The scope is the automation's. */
export class SavedEvent {
  /** The kind of event; older automations may have others than can be made. */
  readonly eventType: string;
  /** What else has to be so. */
  readonly filter: EventFilter;

  /** @internal */
  constructor(eventType: string, filter: EventFilter) {
    this.eventType = eventType;
    this.filter = filter;
  }

  /**
   * Reads what the server says.
   *
   * @throws {ValueError | JsonSyntaxError} when the filter is none of that kind of event.
   * @internal
   */
  static parse(eventType: string, text: string): SavedEvent {
    const json = parseJsonObject(text);
    if (eventType === "RUN_STATE") return new SavedEvent(eventType, parseRunStateFilter(json));
    if (eventType.startsWith("RUN_METRIC")) return new SavedEvent(eventType, parseMetricFilter(json));
    return new SavedEvent(eventType, unwrapSaved(json));
  }

  /** The filter as the server takes it. @internal */
  wireFilter(): JsonObject {
    return this.filter instanceof FilterExpression ? wrapArtifactFilter(this.filter) : this.filter.toJSON();
  }
}

/** An event that an automation has, or is to have. */
export type AnyEvent = SavedEvent | AutomationEvent;

/** The filter of an event of artifacts comes as a text in an object. */
function unwrapSaved(json: JsonObject): FilterExpression {
  const inner = json["filter"];
  if (typeof inner === "string") return unwrapFilter(parseJsonObject(inner));
  return unwrapFilter(isJsonObject(inner) ? inner : json);
}
