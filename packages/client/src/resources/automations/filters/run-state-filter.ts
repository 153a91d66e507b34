/** Which state a run has to come into for an event. */
import { isJsonArray, isJsonObject, printJson } from "@steelyard/protocol";
import type { JsonObject } from "@steelyard/protocol";

import { ValueError } from "../../../core/errors.ts";
import { wrapRunFilter } from "./filter-expression.ts";
import type { FilterExpression, RunEventFilter } from "./filter-expression.ts";
import { joined, parseRunFilter } from "./metric-filters.ts";

/** The states that events know. Whatever ends badly has failed. */
export const REPORTED_RUN_STATES = ["FAILED", "FINISHED", "RUNNING"] as const;

/** A state that events know. */
export type ReportedRunState = (typeof REPORTED_RUN_STATES)[number];

/** A run comes into one of some states. Mirrors `RunStateFilter`. */
export class RunStateFilter implements RunEventFilter<RunStateFilter> {
  /** The states in order, each once. */
  readonly states: readonly ReportedRunState[];
  /** Which runs are watched; null for all of the scope. */
  readonly runFilter: FilterExpression | null;

  /** Takes states in any case; `crashed` means failed. @throws {ValueError} for other states, and for none at all. */
  constructor(states: Iterable<string>, runFilter: FilterExpression | null = null) {
    this.states = [...new Set(Array.from(states, readState))].sort();
    if (this.states.length === 0) throw new ValueError("A filter of states needs a state");
    this.runFilter = runFilter;
  }

  /** The same for runs that meet a condition. Mirrors `&`. */
  and(runFilter: FilterExpression): RunStateFilter {
    return new RunStateFilter(this.states, joined(this.runFilter, runFilter));
  }

  /** As it is sent. */
  toJSON(): JsonObject {
    return {
      run_filter: printJson(wrapRunFilter(this.runFilter)),
      run_state_filter: { states: this.states },
    };
  }
}

/** Conditions on the state of a run: `RunEvent.state.in(["finished", "failed"])`. */
export class RunStateField {
  /** The run comes into this state. Mirrors `==`. */
  eq(state: string): RunStateFilter {
    return new RunStateFilter([state]);
  }

  /** The run comes into one of these states. Mirrors `in_`. */
  in(states: Iterable<string>): RunStateFilter {
    return new RunStateFilter(states);
  }
}

/** Reads a filter of states as the server has it. @throws {ValueError} when it is none. */
export function parseRunStateFilter(json: JsonObject): RunStateFilter {
  const filter = json["run_state_filter"];
  const states = isJsonObject(filter) ? filter["states"] : undefined;
  if (!isJsonArray(states)) throw new ValueError(`No filter of run states: ${printJson(json)}`);
  return new RunStateFilter(states.map(String), parseRunFilter(json["run_filter"]));
}

function readState(state: string): ReportedRunState {
  const upper = state.toUpperCase();
  const found = REPORTED_RUN_STATES.find((each) => each === (upper === "CRASHED" ? "FAILED" : upper));
  if (found === undefined) {
    const known = REPORTED_RUN_STATES.join(", ").toLowerCase();
    throw new ValueError(`Invalid run state ${JSON.stringify(state)}: expected one of ${known}, crashed`);
  }
  return found;
}
