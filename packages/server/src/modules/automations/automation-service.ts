/** Automations for callers: who may have which, and that each of them makes sense before it is stored. */
import { compileFilter, FilterError, parseFilter } from "@steelyard/protocol";
import type { FilterField, Predicate, RegexCompiler } from "@steelyard/protocol";
import { isCodedError, ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { Entity } from "../entities/entity.ts";
import type { IntegrationStore } from "../integrations/integration-store.ts";
import type { Project } from "../projects/project.ts";
import { parseAutomationAction } from "./automation-action.ts";
import type { Automation, AutomationAction, AutomationScope } from "./automation.ts";
import { AutomationScopes } from "./automation-scopes.ts";
import type { AutomationScopesParts, ScopeView } from "./automation-scopes.ts";
import type { AutomationStore } from "./automation-store.ts";
import { parseAutomationEvent } from "./event-filter.ts";

/** What the service is built from. */
export interface AutomationServiceParts extends AutomationScopesParts {
  readonly automations: AutomationStore;
  readonly integrations: IntegrationStore;
  readonly entities: EntityStore;
  readonly access: Access;
  readonly clock: Clock;
  readonly regex: RegexCompiler;
}

/** An automation as a caller wants it. */
export interface AutomationInput {
  readonly name: string;
  readonly description: string | null;
  readonly isEnabled: boolean;
  readonly scope: AutomationScope;
  readonly eventType: string;
  /** JSON text. */
  readonly eventFilter: string;
  readonly action: AutomationAction;
}

/** What to change; what is undefined is left alone. */
export interface AutomationEdit extends Partial<AutomationInput> {
  readonly automationId: number;
}

/** Which part of an entity's automations. */
export interface AutomationPageRequest {
  /** A filter over name, as JSON text. */
  readonly filter: string | null;
  /** Id of the one before the page; 0 for the first page. */
  readonly after: number;
  readonly limit: number;
}

/** A page of automations. */
export interface AutomationPage {
  readonly automations: readonly Automation[];
  readonly hasNextPage: boolean;
}

const MAX_NAME_LENGTH = 255;
const MAX_DESCRIPTION_LENGTH = 16 * 1024;
const SCAN_SIZE = 200;
const MAX_OF_PROJECT = 10_000;

const FIELDS: ReadonlyMap<string, FilterField<Automation>> = new Map([
  ["name", { kind: "value", read: ({ name }: Automation) => name }],
]);

/** Creates, changes, deletes, finds and lists automations. */
export class AutomationService {
  readonly #parts: AutomationServiceParts;
  readonly #scopes: AutomationScopes;

  constructor(parts: AutomationServiceParts) {
    this.#parts = parts;
    this.#scopes = new AutomationScopes(parts);
  }

  /**
   * Creates an automation.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`, `unsupported`, and
   *   `already_exists` with its HTTP status, by which clients know it.
   */
  async create(caller: Caller, input: AutomationInput): Promise<Automation> {
    const user = this.#parts.access.requireScope(caller, "write");
    const view = await this.#scopes.requireChange(caller, input.scope);
    const event = this.#parseEvent(input.eventType, input.eventFilter, input.scope);
    await this.#checkAction(caller, input.action, view.entity);
    return withStatus("already_exists", () =>
      this.#parts.automations.create({
        entityId: view.entity.id,
        projectId: view.project?.id ?? null,
        name: parseName(input.name),
        description: parseDescription(input.description),
        isEnabled: input.isEnabled,
        scope: input.scope,
        event,
        action: parseAutomationAction(input.action),
        userId: user.user.id,
        createdAt: this.#parts.clock.now(),
      }),
    );
  }

  /**
   * Changes an automation.
   *
   * @throws {ServerError} as `create` does, and `not_found` with its HTTP status when there is none.
   */
  async update(caller: Caller, edit: AutomationEdit): Promise<Automation> {
    const { automationId, name, description, isEnabled, scope, eventType, eventFilter, action } = edit;
    const before = await withStatus("not_found", () => this.#requireChange(caller, automationId));
    const view = await this.#scopes.requireChange(caller, scope ?? before.scope);
    const isEventGiven = eventType !== undefined && eventFilter !== undefined;
    if (!isEventGiven && (eventType !== undefined || eventFilter !== undefined)) {
      throw invalid("eventFilter", "an event is changed with its type and its filter together");
    }
    const event = isEventGiven
      ? this.#parseEvent(eventType, eventFilter, scope ?? before.scope)
      : before.event;
    checkScope(event.type, scope ?? before.scope);
    if (action !== undefined || view.entity.id !== before.entityId) {
      await this.#checkAction(caller, action ?? before.action, view.entity);
    }
    return withStatus("already_exists", () =>
      this.#parts.automations.update({
        automationId,
        now: this.#parts.clock.now(),
        ...(name !== undefined && { name: parseName(name) }),
        ...(description !== undefined && { description: parseDescription(description) }),
        ...(isEnabled !== undefined && { isEnabled }),
        ...(scope !== undefined && {
          scope,
          entityId: view.entity.id,
          projectId: view.project?.id ?? null,
        }),
        ...(isEventGiven && { event }),
        ...(action !== undefined && { action: parseAutomationAction(action) }),
      }),
    );
  }

  /** Deletes an automation. Throws `unauthenticated`, `not_found` with its HTTP status or `permission_denied`. */
  async delete(caller: Caller, automationId: number): Promise<void> {
    await withStatus("not_found", () => this.#requireChange(caller, automationId));
    await this.#parts.automations.delete({ automationId, now: this.#parts.clock.now() });
  }

  /** An automation; undefined when it is missing or the caller may not see it. */
  async find(caller: Caller, automationId: number): Promise<Automation | undefined> {
    const automation = await this.#parts.automations.find({ automationId });
    return automation && (await this.#scopes.find(caller, automation.scope)) && automation;
  }

  /** The thing that an automation watches; undefined when it is gone or the caller may not see it. */
  findScope(caller: Caller, automation: Automation): Promise<ScopeView | undefined> {
    return this.#scopes.find(caller, automation.scope);
  }

  /** Throws `not_found` or `permission_denied` unless the caller may change the automation. */
  async requireChange(caller: Caller, automation: Automation): Promise<void> {
    await this.#requireChange(caller, automation.id);
  }

  /** An entity's automations that the caller may see, by id. Throws `invalid_argument` for a bad filter. */
  async list(caller: Caller, entity: Entity, request: AutomationPageRequest): Promise<AutomationPage> {
    const matches = compile(request.filter, this.#parts.regex);
    const found: Automation[] = [];
    let { after } = request;
    while (found.length <= request.limit) {
      const batch = await this.#parts.automations.list({
        of: { entityId: entity.id },
        after,
        limit: SCAN_SIZE,
      });
      for (const automation of batch) {
        if (matches(automation) && (await this.#scopes.find(caller, automation.scope)))
          found.push(automation);
      }
      after = batch.at(-1)?.id ?? after;
      if (batch.length < SCAN_SIZE) break;
    }
    return { automations: found.slice(0, request.limit), hasNextPage: found.length > request.limit };
  }

  /** The automations that watch a project or its collections, by id, as far as the caller may see them. */
  async listOfProject(caller: Caller, project: Project): Promise<readonly Automation[]> {
    const all = await this.#parts.automations.list({
      of: { projectId: project.id },
      after: 0,
      limit: MAX_OF_PROJECT,
    });
    const found: Automation[] = [];
    for (const automation of all) {
      if (await this.#scopes.find(caller, automation.scope)) found.push(automation);
    }
    return found;
  }

  async #requireChange(caller: Caller, automationId: number): Promise<Automation> {
    this.#parts.access.requireUser(caller);
    const automation = await this.find(caller, automationId);
    if (automation === undefined) {
      throw new ServerError("not_found", "There is no such automation", { field: "id" });
    }
    await this.#scopes.requireChange(caller, automation.scope);
    return automation;
  }

  #parseEvent(type: string, filter: string, scope: AutomationScope): Automation["event"] {
    const event = parseAutomationEvent(type, filter, this.#parts.regex);
    checkScope(event.type, scope);
    return event;
  }

  /** An automation may send where its entity may, that of an organization also where a team of its maker may. */
  async #checkAction(caller: Caller, action: AutomationAction, entity: Entity): Promise<void> {
    if (action.type === "NO_OP") return;
    const { integrations, entities, access } = this.#parts;
    const integration = await integrations.find({ integrationId: action.integrationId });
    const owner = integration && (await entities.find({ entityId: integration.entityId }));
    const isReached =
      owner !== undefined &&
      (owner.id === entity.id ||
        (entity.kind === "organization" &&
          owner.organizationId === entity.organizationId &&
          (await access.canWriteEntity(caller, owner))));
    if (integration === undefined || !isReached) {
      throw new ServerError("not_found", `"${entity.name}" has no such integration`, {
        field: "integrationID",
      });
    }
    const expected = action.type === "NOTIFICATION" ? "slack" : "webhook";
    if (integration.kind !== expected) {
      throw invalid("integrationID", `the action needs an integration of the kind ${expected}`);
    }
  }
}

function checkScope(eventType: string, scope: AutomationScope): void {
  const isOfRuns = eventType.startsWith("RUN_");
  if (isOfRuns && scope.type === "ARTIFACT_COLLECTION") {
    throw invalid("scopeType", `a collection has no runs, so ${eventType} needs a project or an entity`);
  }
}

/** Clients know some failures of these mutations by the status of the answer. */
async function withStatus<T>(code: "already_exists" | "not_found", work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCodedError(error, code)) throw error;
    throw new ServerError(code, error.message, { field: error.field, cause: error, isHttpStatus: true });
  }
}

function compile(filter: string | null, regex: RegexCompiler): Predicate<Automation> {
  if (filter === null || filter === "") return () => true;
  return compileFilter(parseFilter(filter), {
    regex,
    field: (name) => {
      const field = FIELDS.get(name);
      if (field !== undefined) return field;
      throw new FilterError(`Unknown automation field ${JSON.stringify(name)}: expected name`, name);
    },
  });
}

function parseName(name: string): string {
  if (name !== "" && name.length <= MAX_NAME_LENGTH) return name;
  throw invalid("name", `expected 1 to ${MAX_NAME_LENGTH} characters`);
}

function parseDescription(description: string | null): string | null {
  if (description === null || description.length <= MAX_DESCRIPTION_LENGTH) return description;
  throw invalid("description", `at most ${MAX_DESCRIPTION_LENGTH} characters`);
}

function invalid(field: string, reason: string): ServerError {
  return new ServerError("invalid_argument", `Invalid automation: ${field}: ${reason}`, { field });
}
