import type { Generated } from "kysely";
import type { ChangeKind } from "../../ports/change-feed.ts";

/** Tables of tasks and events. */
export interface BackgroundTables {
  events: EventRow;
  event_positions: EventPositionRow;
  tasks: TaskRow;
}

/** An event of the outbox. */
export interface EventRow {
  seq: Generated<number>;
  kind: ChangeKind;
  project_id: number;
  run_id: number | null;
  payload: string;
  created_at: string;
}

/** How far a consumer has read. */
export interface EventPositionRow {
  consumer: string;
  seq: number;
}

/** A task; leased while `leased_until` lies ahead. */
export interface TaskRow {
  id: Generated<number>;
  kind: string;
  key: string;
  payload: string;
  run_at: string;
  leased_until: string | null;
  attempts: Generated<number>;
  last_error: string | null;
}
