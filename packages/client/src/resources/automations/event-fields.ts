/** What the conditions of events can be about. */
import { FilterField } from "./filters/filter-expression.ts";
import { Metric } from "./filters/metric.ts";
import { RunStateField } from "./filters/run-state-filter.ts";

/** Fields for events of artifacts. */
export interface ArtifactEvent {
  /** An alias of the version, or the one that was given. */
  readonly alias: FilterField;
  /** A tag of the version or collection, or the one that was given or taken. */
  readonly tag: FilterField;
}

/** Fields for events of artifacts. Mirrors `wandb.automations.ArtifactEvent`. */
export const ArtifactEvent: ArtifactEvent = { alias: new FilterField("alias"), tag: new FilterField("tag") };

/** Fields for events of runs. */
export interface RunEvent {
  /** The run's display name. */
  readonly name: FilterField;
  /** The state that the run comes into. */
  readonly state: RunStateField;
  /** A metric of the run, by its key. */
  metric(name: string): Metric;
}

/** Fields for events of runs. Mirrors `wandb.automations.RunEvent`. */
export const RunEvent: RunEvent = {
  name: new FilterField("display_name"),
  state: new RunStateField(),
  metric: (name) => new Metric(name),
};
