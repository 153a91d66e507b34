// Which writes may change who may do what, so that what was remembered of it is asked for again.
import type { MetadataTables } from "./tables.ts";

/** Tables that say nothing about that and are written all the time. Every other table counts, also one not known yet. */
const quietTables: ReadonlySet<string> = new Set<keyof MetadataTables>([
  "runs",
  "run_configs",
  "run_counters",
  "run_deletions",
  "run_files",
  "sweeps",
  "sweep_agents",
  "sweep_runs",
  "events",
  "event_positions",
  "tasks",
  "resource_configs",
  "run_queues",
  "run_queue_items",
  "launch_agents",
  "launch_agent_queues",
  "views",
  "view_versions",
  "view_tokens",
  "custom_charts",
  "integrations",
  "team_secrets",
  "automations",
  "automation_revisions",
  "automation_progress",
  "automation_executions",
]);

/** Whether a write to the table may change permissions; `undefined` is a write to something else than one table. */
export function changesPermissions(table: string | undefined): boolean {
  return table === undefined || !quietTables.has(table);
}
