/** Which fields of a run differ between two looks at it. */
import { printJson } from "@steelyard/protocol";

import type { RunRecord } from "../runs/run-record.ts";

/** A field that watching tells of. */
export type WatchedField =
  "state" | "name" | "notes" | "description" | "tags" | "group" | "jobType" | "config" | "summary";

const READERS: Readonly<Record<WatchedField, (run: RunRecord) => string | null>> = {
  state: (run) => run.state,
  name: (run) => run.name,
  notes: (run) => run.notes,
  description: (run) => run.description,
  tags: (run) => printJson(run.tags),
  group: (run) => run.group,
  jobType: (run) => run.jobType,
  config: (run) => run.jsonConfig,
  summary: (run) => printJson(run.summaryMetrics),
};

const FIELDS: readonly WatchedField[] = [
  "state",
  "name",
  "notes",
  "description",
  "tags",
  "group",
  "jobType",
  "config",
  "summary",
];

/** The fields that differ. Both runs must be loaded in full. */
export function changedFields(before: RunRecord, after: RunRecord): readonly WatchedField[] {
  return FIELDS.filter((field) => READERS[field](before) !== READERS[field](after));
}
