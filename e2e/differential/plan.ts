// What both readers are asked to read; given to Python as JSON.
import { runQueries, type RunQuery } from "../run-queries.ts";

/** What to read of one run beyond the probes that every run has. */
export interface RunPlan {
  readonly id: string;
  /** Sets of keys for sampled and scanned history. */
  readonly keySets?: readonly (readonly string[])[];
  /** Other x axes, each with keys. */
  readonly axes?: readonly (readonly [axis: string, keys: readonly string[]])[];
  /** Files whose facts and bytes are read. */
  readonly files?: readonly string[];
}

/** What to read of a project. */
export interface ReadingPlan {
  readonly entity: string;
  readonly project: string;
  readonly runs: readonly RunPlan[];
  readonly queries: readonly RunQuery[];
}

/** The plan for the runs that log_everything.py makes. */
export function planEverything(entity: string, project: string): ReadingPlan {
  return {
    entity,
    project,
    queries: runQueries,
    runs: [
      {
        id: "scalars",
        keySets: [["loss"], ["sparse"], ["loss", "sparse"], ["nested.a.b"], ["dotted.key"], ["nan"], ["big"]],
      },
      { id: "metrics", axes: [["epoch", ["val/loss"]]] },
      { id: "media" },
      { id: "console" },
      { id: "files", files: ["a.txt", "sub/b with space & # %41 ünï.txt", "empty.txt", "large.bin"] },
      { id: "failed" },
      { id: "empty" },
    ],
  };
}
