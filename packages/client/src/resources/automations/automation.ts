/** An automation: what is to be done when an event happens in a scope. */
import { REGISTRY_PREFIX } from "@steelyard/protocol";

import { parseInstant, parseInstantOrNull } from "../../core/dates.ts";
import { CommError } from "../../core/errors.ts";
import type { Service } from "../../core/service.ts";
import { toIntegration } from "../integrations/integration.ts";
import { DoNothing, SendNotification, SendWebhook } from "./actions.ts";
import type { AutomationAction } from "./actions.ts";
import { SavedEvent } from "./saved-event.ts";
import type { AnyEvent } from "./saved-event.ts";
import { ArtifactCollectionScope, OrgScope, ProjectScope, RegistryScope, TeamScope } from "./scopes.ts";
import type { AutomationScope, ScopeLike } from "./scopes.ts";
import type { TriggerFields } from "./trigger-documents.ts";

/** A saved automation, to be changed and given to `api.updateAutomation`. Mirrors `wandb.automations.Automation`. */
export class Automation {
  /** Global id. */
  readonly id: string;
  /** When it was created. Mirrors `created_at`. */
  readonly createdAt: Date;
  /** The same instant as the server wrote it. */
  readonly createdAtText: string;
  /** When it last changed; null if never. Mirrors `updated_at`. */
  readonly updatedAt: Date | null;
  /** The same instant as the server wrote it. */
  readonly updatedAtText: string | null;
  /** Name, unique in the entity that owns the scope. */
  name: string;
  /** Free text. */
  description: string | null;
  /** Whether it does anything. */
  enabled: boolean;
  /** Where the event has to happen. */
  scope: ScopeLike;
  /** The event. */
  event: AnyEvent;
  /** What is to be done. */
  action: AutomationAction;

  /** @throws {CommError} when the server tells of a scope, event or action of an unknown kind. @internal */
  constructor(service: Service, fields: TriggerFields) {
    this.id = fields.id;
    this.createdAt = parseInstant(fields.createdAt, "trigger.createdAt");
    this.createdAtText = fields.createdAt;
    this.updatedAt = parseInstantOrNull(fields.updatedAt, "trigger.updatedAt");
    this.updatedAtText = fields.updatedAt;
    this.name = fields.name;
    this.description = fields.description;
    this.enabled = fields.enabled;
    this.scope = readScope(fields);
    this.event = readEvent(fields);
    this.action = readAction(service, fields);
  }
}

function readScope({ name, scope }: TriggerFields): AutomationScope {
  if (scope === null)
    throw new CommError(`The automation ${JSON.stringify(name)} has a scope of an unknown kind`);
  if (scope.__typename === "Entity")
    return scope.entityType === "organization" ? new OrgScope(scope) : new TeamScope(scope);
  if (scope.__typename !== "Project") return new ArtifactCollectionScope(scope);
  return scope.name.startsWith(REGISTRY_PREFIX) ? new RegistryScope(scope) : new ProjectScope(scope);
}

function readEvent({ name, event }: TriggerFields): SavedEvent {
  try {
    return SavedEvent.parse(event.eventType, event.filter);
  } catch (cause) {
    throw new CommError(`The automation ${JSON.stringify(name)} has a filter of an unknown form`, { cause });
  }
}

function readAction(service: Service, { name, action }: TriggerFields): AutomationAction {
  if (action.__typename === "NoOpTriggeredAction") return new DoNothing();
  const integration = action.integration === null ? null : toIntegration(service, action.integration);
  if (action.__typename === "NotificationTriggeredAction" && integration?.kind === "slack") {
    const { title, message, severity } = action;
    return new SendNotification({ integrationId: integration.id, integration, title, message, severity });
  }
  if (action.__typename === "GenericWebhookTriggeredAction" && integration?.kind === "webhook") {
    const { requestPayload } = action;
    return new SendWebhook({ integrationId: integration.id, integration, requestPayload });
  }
  throw new CommError(`The automation ${JSON.stringify(name)} has an action of an unknown kind`);
}
