/** An agent of a sweep: a program somewhere that carries out runs. */
import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import type { PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { AgentFieldsFragment } from "../../generated/sweeps-documents.ts";
import { AgentRuns } from "./agent-runs.ts";

/** An agent. Mirrors `wandb.apis.public.Agent`. Its fields are as they were loaded. */
export class Agent {
  /** Global id. */
  readonly id: string;
  /** Name, unique in the sweep. */
  readonly name: string;
  /** The host that it runs on. */
  readonly host: string;
  /** RUNNING, LOST or FINISHED; null when the server tells none. */
  readonly state: string | null;
  /** How many runs it was handed. */
  readonly totalRuns: number;
  /** When it registered. */
  readonly createdAt: Date;
  /** The same instant as the server wrote it. */
  readonly createdAtText: string;
  /** When it was last heard of. */
  readonly heartbeatAt: Date | null;
  /** The same instant as the server wrote it. */
  readonly heartbeatAtText: string | null;
  readonly #service: Service;
  readonly #sweep: { readonly entity: string; readonly project: string; readonly id: string };

  /** @internal */
  constructor(
    service: Service,
    sweep: { readonly entity: string; readonly project: string; readonly id: string },
    fields: AgentFieldsFragment,
  ) {
    this.id = fields.id;
    this.name = fields.name;
    this.host = fields.host;
    this.state = fields.state;
    this.totalRuns = fields.totalRuns;
    this.createdAt = parseInstant(fields.createdAt, "agent.createdAt");
    this.createdAtText = fields.createdAt;
    this.heartbeatAt = parseInstantOrNull(fields.heartbeatAt, "agent.heartbeatAt");
    this.heartbeatAtText = fields.heartbeatAt;
    this.#service = service;
    this.#sweep = sweep;
  }

  /** The runs that it was handed, oldest first, without config and summary until they are loaded. Mirrors `runs`. */
  runs(options: PaginatorOptions = {}): AgentRuns {
    const { entity, project, id } = this.#sweep;
    const agent = this.name === "" ? this.id : this.name;
    return new AgentRuns(
      this.#service,
      { entity, project, sweep: id, agent, total: this.totalRuns },
      options,
    );
  }
}
