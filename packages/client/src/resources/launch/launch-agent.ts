/** A process that takes items from queues and starts their jobs. */
import { CommError } from "../../core/errors.ts";
import { parseInstantOrNull } from "../../core/dates.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { StopLaunchAgentDocument } from "../../generated/launch-documents.ts";
import type { LaunchAgentFieldsFragment } from "../../generated/launch-documents.ts";

/** An agent, as it was when it was listed. Python has no class for it. */
export class LaunchAgent {
  /** Global id. */
  readonly id: string;
  /** Unique name, and id of the agent's own run. */
  readonly name: string;
  /** Where it runs. */
  readonly hostname: string;
  /** What it last said, such as `POLLING`, `RUNNING` or `KILLED`; `LOST` when it has been silent for long. */
  readonly status: string;
  /** Whether it is to end at its next look. */
  readonly isStopping: boolean;
  /** Its last sign of life. */
  readonly heartbeatAt: Date | null;
  /** When it started. */
  readonly createdAt: Date | null;
  /** Its own version. */
  readonly version: string | null;
  readonly #service: Service;

  constructor(service: Service, fields: LaunchAgentFieldsFragment) {
    this.#service = service;
    this.id = fields.id;
    this.name = fields.name;
    this.hostname = fields.hostname;
    this.status = fields.agentStatus;
    this.isStopping = fields.stopPolling;
    this.heartbeatAt = parseInstantOrNull(fields.heartbeatAt, "launchAgent.heartbeatAt");
    this.createdAt = parseInstantOrNull(fields.createdAt, "launchAgent.createdAt");
    this.version = fields.version;
  }

  /** Asks the agent to end with its jobs; it does so at its next look, within some ten seconds. */
  async stop(options: ReadOptions = {}): Promise<void> {
    const { graphql } = this.#service;
    const { updateLaunchAgent } = await graphql.execute(StopLaunchAgentDocument, { id: this.id }, options);
    if (updateLaunchAgent?.success !== true)
      throw new CommError(`The server did not stop the agent ${this.name}`);
  }
}
