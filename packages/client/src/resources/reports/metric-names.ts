/** What tables and charts call a run's columns and metrics, and what the server calls them. */

/** A table of names. */
export type NameMapping = Readonly<Record<string, string>>;

/** Metrics that every run has. */
export const METRIC_NAMES: NameMapping = {
  Step: "_step",
  "Relative Time (Wall)": "_absolute_runtime",
  "Relative Time (Process)": "_runtime",
  "Wall Time": "_timestamp",
};

/** Columns of runs, and the metrics that every run has. */
export const COLUMN_NAMES: NameMapping = {
  ID: "name",
  Name: "displayName",
  Tags: "tags",
  State: "state",
  CreatedTimestamp: "createdAt",
  Runtime: "duration",
  User: "username",
  Sweep: "sweep",
  Group: "group",
  JobType: "jobType",
  Hostname: "host",
  UsingArtifact: "inputArtifacts",
  OutputtingArtifact: "outputArtifacts",
  ...METRIC_NAMES,
};

/** Instants of runs that charts can have on an axis. */
export const INSTANT_NAMES: NameMapping = {
  "Created Timestamp": "createdAt",
  "Latest Timestamp": "heartbeatAt",
};

/** The table read the other way. */
export function reversed(names: NameMapping): NameMapping {
  return Object.fromEntries(Object.entries(names).map(([front, back]) => [back, front]));
}

/** What a name stands for; undefined when the table does not have it. */
export function lookUp(names: NameMapping, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/** A name up to its first dot, and the rest with that dot. */
export function splitName(name: string): readonly [head: string, rest: string] {
  const dot = name.indexOf(".");
  return dot === -1 ? [name, ""] : [name.slice(0, dot), name.slice(dot)];
}
