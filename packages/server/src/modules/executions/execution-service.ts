/** What automations did, for those who may change them. */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { AutomationService } from "../automations/automation-service.ts";
import type { Automation } from "../automations/automation.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Entity } from "../entities/entity.ts";
import type { Execution, ExecutionState } from "./execution.ts";
import type { ExecutionQuery, ExecutionStore } from "./execution-store.ts";

/** What the service is built from. */
export interface ExecutionServiceParts {
  readonly executions: ExecutionStore;
  readonly entities: EntityStore;
  readonly automationService: AutomationService;
  readonly access: Access;
  readonly clock: Clock;
}

/** Which part of a list. */
export interface ExecutionPageRequest {
  readonly state: ExecutionState | undefined;
  /** Id of the one before the page; undefined for the newest. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** A page of executions, newest first. */
export interface ExecutionPage {
  readonly executions: readonly Execution[];
  readonly hasNextPage: boolean;
}

/** Lists executions and delivers failed ones once more. */
export class ExecutionService {
  readonly #parts: ExecutionServiceParts;

  constructor(parts: ExecutionServiceParts) {
    this.#parts = parts;
  }

  /** What one automation did. Throws `not_found` or `permission_denied` unless the caller may change it. */
  async listOfAutomation(
    caller: Caller,
    automation: Automation,
    request: ExecutionPageRequest,
  ): Promise<ExecutionPage> {
    await this.#parts.automationService.requireChange(caller, automation);
    return this.#page({ of: { automationId: automation.id }, ...request });
  }

  /** What all automations and alerts of an entity did. Throws unless the caller administers it. */
  async listOfEntity(caller: Caller, entity: Entity, request: ExecutionPageRequest): Promise<ExecutionPage> {
    await this.#parts.access.requireEntityAdmin(caller, entity);
    return this.#page({ of: { entityId: entity.id }, ...request });
  }

  /** What everything did. Throws unless the caller administers the server. */
  async listAll(caller: Caller, request: ExecutionPageRequest): Promise<ExecutionPage> {
    this.#parts.access.requireAdmin(caller);
    return this.#page({ of: "all", ...request });
  }

  /**
   * Puts a failed execution back into the queue.
   *
   * @throws {ServerError} `not_found`, `permission_denied` as the lists do, `conflict` when it did not fail.
   */
  async redeliver(caller: Caller, executionId: number): Promise<Execution> {
    const { executions, clock } = this.#parts;
    this.#parts.access.requireUser(caller);
    await this.#requireChange(caller, await executions.find({ executionId }));
    const execution = await executions.redeliver({ executionId, now: clock.now() });
    if (execution !== undefined) return execution;
    throw new ServerError("conflict", "Only what failed to be delivered can be delivered once more", {
      field: "id",
    });
  }

  async #requireChange(caller: Caller, execution: Execution | undefined): Promise<void> {
    const { access, entities, automationService } = this.#parts;
    const missing = new ServerError("not_found", "There is no such execution", { field: "id" });
    if (execution === undefined) throw missing;
    if (access.isAdmin(caller)) return;
    const { automationId, entityId } = execution;
    const automation = automationId === null ? undefined : await automationService.find(caller, automationId);
    if (automation !== undefined) return automationService.requireChange(caller, automation);
    const entity = await entities.find({ entityId });
    if (entity === undefined || !(await access.canReadEntity(caller, entity))) throw missing;
    await access.requireEntityAdmin(caller, entity);
  }

  async #page(query: ExecutionQuery): Promise<ExecutionPage> {
    const { limit } = query;
    const found = await this.#parts.executions.list({ ...query, limit: limit + 1 });
    return { executions: found.slice(0, limit), hasNextPage: found.length > limit };
  }
}
