/** Creating, changing and deleting automations. */
import { printJson } from "@steelyard/protocol";

import { CommError, ConflictError, NotFoundError, UnsupportedError, ValueError } from "../../core/errors.ts";
import type { ReadOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import { DeleteAutomationDocument } from "../../generated/automations-documents.ts";
import { toActionConfig } from "./actions.ts";
import type { AutomationAction } from "./actions.ts";
import { Automation } from "./automation.ts";
import type { AutomationEvent } from "./events.ts";
import type { NewAutomation } from "./new-automation.ts";
import type { AnyEvent } from "./saved-event.ts";
import { entityOf, resolveScope } from "./scopes.ts";
import type { ScopeLike } from "./scopes.ts";
import { saveTrigger } from "./trigger-documents.ts";

/** What can be said of an automation beside the object; it comes before what the object says. */
export interface AutomationFields {
  readonly name?: string;
  readonly description?: string | null;
  readonly enabled?: boolean;
  readonly event?: AutomationEvent;
  readonly action?: AutomationAction;
}

/** Options of `api.createAutomation`. */
export interface CreateAutomationOptions extends AutomationFields, ReadOptions {
  /** Whether an automation that has the name already is returned, as it is. @default false */
  readonly fetchExisting?: boolean;
}

/** Options of `api.updateAutomation`. */
export interface UpdateAutomationOptions extends Omit<AutomationFields, "event">, ReadOptions {
  readonly event?: AnyEvent;
  readonly scope?: ScopeLike;
  /** Whether one that is gone is created anew. @default false */
  readonly createMissing?: boolean;
}

/** What every server that is still in use has. */
const KNOWN_EVENTS: readonly string[] = ["CREATE_ARTIFACT", "LINK_MODEL", "ADD_ARTIFACT_ALIAS"];

/** Creates an automation. @throws as `api.createAutomation`. */
export async function createAutomation(
  service: Service,
  automation: NewAutomation,
  options: CreateAutomationOptions,
  fetch: (name: string, entity: string | undefined) => Promise<Automation>,
): Promise<Automation> {
  const name = options.name ?? automation.name;
  const event = options.event ?? automation.event;
  const action = options.action ?? automation.action;
  if (name === null || name === "") throw new ValueError("An automation needs a name");
  if (event === null || action === null)
    throw new ValueError("An automation needs an event and an action: event.then(action)");
  const scope = (options.event === undefined ? automation.scope : null) ?? event.scope;
  const description = options.description ?? automation.description;
  const enabled = options.enabled ?? automation.enabled ?? true;
  const content = { name, description, enabled, scope, event, action };
  try {
    return await save(service, "create", content, {}, options);
  } catch (error) {
    if (!(error instanceof CommError) || error.status !== 409) throw error;
    if (options.fetchExisting === true) return fetch(name, entityOf(scope));
    throw new ConflictError(`There is an automation named ${JSON.stringify(name)} already`, { cause: error });
  }
}

/** Changes an automation. @throws as `api.updateAutomation`. */
export async function updateAutomation(
  service: Service,
  automation: Automation,
  options: UpdateAutomationOptions,
): Promise<Automation> {
  const event = options.event ?? automation.event;
  const moved = "scope" in event ? event.scope : automation.scope;
  const content = {
    name: options.name ?? automation.name,
    description: options.description === undefined ? automation.description : options.description,
    enabled: options.enabled ?? automation.enabled,
    scope: options.scope ?? moved,
    event,
    action: options.action ?? automation.action,
  };
  try {
    return await save(service, "update", content, { id: automation.id }, options);
  } catch (error) {
    if (!(error instanceof CommError) || error.status !== 404) throw error;
    if (options.createMissing === true) return save(service, "create", content, {}, options);
    throw new NotFoundError(`There is no automation ${JSON.stringify(automation.name)} any more`, {
      cause: error,
    });
  }
}

/** Deletes an automation. @throws {CommError} when the server does not. */
export async function deleteAutomation(
  service: Service,
  automation: Automation | string,
  options: ReadOptions,
): Promise<void> {
  const id = typeof automation === "string" ? automation : automation.id;
  const { result } = await service.graphql.execute(DeleteAutomationDocument, { id }, options);
  if (result?.success !== true) throw new CommError(`The server did not delete the automation ${id}`);
}

interface Content {
  readonly name: string;
  readonly description: string | null;
  readonly enabled: boolean;
  readonly scope: ScopeLike;
  readonly event: AnyEvent;
  readonly action: AutomationAction;
}

async function save(
  service: Service,
  what: "create" | "update",
  { name, description, enabled, event, action, ...content }: Content,
  target: { readonly id?: string },
  { signal }: ReadOptions,
): Promise<Automation> {
  const { eventType } = event;
  const scope = await resolveScope(content.scope, { signal });
  if (eventType === "CREATE_ARTIFACT" && scope.scopeType !== "ARTIFACT_COLLECTION")
    throw new ValueError("The scope of OnCreateArtifact is a collection");
  if (eventType.startsWith("RUN_") && scope.scopeType === "ARTIFACT_COLLECTION")
    throw new ValueError("The scope of an event of runs is a project, a team or an organization");
  await requireFeatures(service, { scope: scope.scopeType, event: eventType, action: action.actionType });
  const input = {
    ...target,
    name,
    description,
    enabled,
    scopeType: scope.scopeType,
    scopeID: scope.id,
    triggeringEventType: eventType,
    eventFilter: printJson(event.wireFilter()),
    triggeredActionType: action.actionType,
    triggeredActionConfig: toActionConfig(action),
  };
  const answer = await service.graphql.execute(await saveTrigger(service, what), { input }, { signal });
  const trigger = answer?.trigger;
  if (trigger == null)
    throw new CommError(`The server did not ${what} the automation ${JSON.stringify(name)}`);
  return new Automation(service, trigger);
}

/** @throws {UnsupportedError} when the server lacks the kind of scope, event or action. */
async function requireFeatures(
  service: Service,
  kinds: { readonly scope: string; readonly event: string; readonly action: string },
): Promise<void> {
  const needed: [what: string, feature: string][] = [];
  if (kinds.scope === "ENTITY") needed.push(["a scope of a whole entity", "AUTOMATION_SCOPE_ENTITY"]);
  if (!KNOWN_EVENTS.includes(kinds.event)) needed.push([kinds.event, `AUTOMATION_EVENT_${kinds.event}`]);
  if (kinds.action === "NO_OP") needed.push(["an action that does nothing", "AUTOMATION_ACTION_NO_OP"]);
  for (const [what, feature] of needed) {
    if (!(await service.supports(feature)))
      throw new UnsupportedError(`This server has no automations for ${what}`);
  }
}
