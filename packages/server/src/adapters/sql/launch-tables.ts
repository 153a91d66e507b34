import type { Generated } from "kysely";
import type { PrioritizationMode, QueueAccess } from "../../modules/launch/run-queue.ts";
import type { ItemStatus } from "../../modules/launch/run-queue-item.ts";

/** Tables of queues, items and agents. */
export interface LaunchTables {
  resource_configs: ResourceConfigRow;
  run_queues: RunQueueRow;
  run_queue_items: RunQueueItemRow;
  launch_agents: LaunchAgentRow;
  launch_agent_queues: LaunchAgentQueueRow;
}

/** What the items of a queue run on. */
export interface ResourceConfigRow {
  id: Generated<number>;
  entity_id: number;
  resource: string;
  config: string;
  /** JSON text of a list. */
  template_variables: string;
  created_at: string;
}

/** A queue. */
export interface RunQueueRow {
  id: Generated<number>;
  project_id: number;
  name: string;
  access: QueueAccess;
  prioritization_mode: PrioritizationMode | null;
  config_id: number | null;
  external_links: string | null;
  created_by_user_id: number;
  created_at: string;
  updated_at: string;
}

/** An item of a queue. */
export interface RunQueueItemRow {
  id: Generated<number>;
  project_id: number;
  queue_id: number;
  status: ItemStatus;
  priority: number;
  run_spec: string;
  target_entity: string;
  target_project: string;
  lease_number: Generated<number>;
  leased_at: string | null;
  leased_until: string | null;
  agent_id: number | null;
  run_name: string | null;
  /** JSON text of a notice. */
  failure: string | null;
  /** JSON text of a list of notices. */
  warnings: Generated<string>;
  user_id: number;
  created_at: string;
  updated_at: string;
}

/** A registered agent. */
export interface LaunchAgentRow {
  id: Generated<number>;
  project_id: number;
  name: string;
  hostname: string;
  config: string | null;
  version: string | null;
  status: string;
  /** 0 or 1. */
  is_stop_requested: Generated<number>;
  user_id: number;
  created_at: string;
  heartbeat_at: string;
}

/** A queue that an agent polls. */
export interface LaunchAgentQueueRow {
  agent_id: number;
  queue_id: number;
}
