/** Automations as the schema shows them, under W&B's name for them: triggers. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type {
  CreateFilterTriggerInput,
  Resolvers,
  TriggeredActionConfig,
  TriggeredActionType,
  TriggerScopeType,
} from "../../generated/schema-types.ts";
import type { RequestContext } from "../../transport/context.ts";
import { parsePageSize } from "../artifacts/page-size.ts";
import type { Entity } from "../entities/entity.ts";
import { isGiven, parsePosition, requireIntegrationNumber } from "../integrations/resolvers.ts";
import type { Automation, AutomationAction, AutomationScope } from "./automation.ts";
import { printEventFilter } from "./event-filter.ts";

const MAX_PAGE = 1000;

interface ListArgs {
  readonly after?: string | null;
  readonly first?: number | null;
  readonly filters?: string | null;
}

/** Resolvers of automations. */
export const automationResolvers: Pick<
  Resolvers,
  | "Project"
  | "Entity"
  | "Organization"
  | "Mutation"
  | "Trigger"
  | "TriggerScope"
  | "TriggeringCondition"
  | "FilterEventTriggeringCondition"
  | "TriggeredAction"
  | "NotificationTriggeredAction"
  | "GenericWebhookTriggeredAction"
> = {
  Project: {
    triggers: (project, _args, { caller, services }) => services.automations.listOfProject(caller, project),
  },
  Entity: { triggers: (entity, args, context) => listTriggers(entity, args, context) },
  Organization: {
    triggers: async (organization, args, context) => {
      const { caller, services } = context;
      return listTriggers(await services.entities.ownerOf(caller, organization), args, context);
    },
  },
  Mutation: {
    createFilterTrigger: async (_parent, { input }, { caller, services }) => ({
      trigger: await services.automations.create(caller, {
        name: input.name,
        description: input.description ?? null,
        isEnabled: input.enabled,
        scope: toScope(input.scopeType, input.scopeID),
        eventType: input.triggeringEventType,
        eventFilter: input.eventFilter,
        action: toAction(input),
      }),
    }),
    updateFilterTrigger: async (_parent, { input }, { caller, services }) => {
      const { name, description, enabled, scopeType, scopeID, triggeringEventType, eventFilter } = input;
      const isScoped = isGiven(scopeType) && isGiven(scopeID);
      const action = toChangedAction(input.triggeredActionType, input.triggeredActionConfig);
      return {
        trigger: await services.automations.update(caller, {
          automationId: requireTriggerNumber(input.id),
          ...(isGiven(name) && { name }),
          ...(isGiven(description) && { description }),
          ...(isGiven(enabled) && { isEnabled: enabled }),
          ...(isScoped && { scope: toScope(scopeType, scopeID) }),
          ...(isGiven(triggeringEventType) && { eventType: triggeringEventType }),
          ...(isGiven(eventFilter) && { eventFilter }),
          ...(action !== undefined && { action }),
        }),
      };
    },
    deleteTrigger: async (_parent, { input }, { caller, services }) => {
      await services.automations.delete(caller, requireTriggerNumber(input.triggerID));
      return { success: true };
    },
  },
  Trigger: {
    id: (automation) => encodeGlobalId("Trigger", automation.id),
    enabled: (automation) => automation.isEnabled,
    scope: async (automation, _args, { caller, services }) => {
      const view = await services.automations.findScope(caller, automation);
      const scope = view && (view.collection ?? view.project ?? view.entity);
      if (scope !== undefined) return scope;
      throw new ServerError("not_found", "What the automation watches is gone", { field: "scope" });
    },
    triggeringCondition: (automation) => automation,
    triggeredAction: (automation) => automation,
  },
  TriggerScope: {
    __resolveType: (scope) => {
      if ("access" in scope) return "Project";
      if (!("projectId" in scope)) return "Entity";
      return scope.kind === "sequence" ? "ArtifactSequence" : "ArtifactPortfolio";
    },
  },
  TriggeringCondition: { __resolveType: () => "FilterEventTriggeringCondition" },
  FilterEventTriggeringCondition: {
    eventType: ({ event }) => event.type,
    filter: ({ event }) => printEventFilter(event),
  },
  TriggeredAction: {
    __resolveType: ({ action }) => {
      switch (action.type) {
        case "NOTIFICATION":
          return "NotificationTriggeredAction";
        case "GENERIC_WEBHOOK":
          return "GenericWebhookTriggeredAction";
        case "NO_OP":
          return "NoOpTriggeredAction";
      }
    },
  },
  NotificationTriggeredAction: {
    integration: (automation, _args, context) => integrationOf(automation, context),
    title: ({ action }) => (action.type === "NOTIFICATION" ? action.title : null),
    message: ({ action }) => (action.type === "NOTIFICATION" ? action.message : null),
    severity: ({ action }) => (action.type === "NOTIFICATION" ? action.severity : null),
  },
  GenericWebhookTriggeredAction: {
    integration: (automation, _args, context) => integrationOf(automation, context),
    requestPayload: ({ action }) => (action.type === "GENERIC_WEBHOOK" ? action.payload : null),
  },
};

/** The number of an automation's global id. Throws `invalid_argument`, or `not_found` with its HTTP status. */
export function requireTriggerNumber(id: string): number {
  const { type, numbers } = decodeGlobalId(id);
  const [number] = numbers;
  if (type === "Trigger" && numbers.length === 1 && number !== undefined) return number;
  throw new ServerError("not_found", `"${id}" is not the id of an automation`, {
    field: "id",
    isHttpStatus: true,
  });
}

async function listTriggers(
  entity: Entity,
  args: ListArgs,
  { caller, services }: RequestContext,
): Promise<{
  readonly edges: readonly { readonly cursor: string; readonly node: Automation }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}> {
  const { automations, hasNextPage } = await services.automations.list(caller, entity, {
    filter: args.filters ?? null,
    after: parsePosition(args.after),
    limit: parsePageSize(args.first ?? null, MAX_PAGE),
  });
  const edges = automations.map((node) => ({ cursor: String(node.id), node }));
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage } };
}

const SCOPE_IDS: Readonly<Record<TriggerScopeType, readonly string[]>> = {
  PROJECT: ["Project", "ProjectInternalId"],
  ARTIFACT_COLLECTION: ["ArtifactSequence", "ArtifactPortfolio"],
  ENTITY: ["Entity"],
};

function toScope(type: TriggerScopeType, id: string): AutomationScope {
  const decoded = decodeGlobalId(id);
  const [number] = decoded.numbers;
  if (SCOPE_IDS[type].includes(decoded.type) && number !== undefined) return { type, id: number };
  throw new ServerError("invalid_argument", `"${id}" is not the id of a scope of the type ${type}`, {
    field: "scopeID",
  });
}

function toChangedAction(
  type: TriggeredActionType | null | undefined,
  config: TriggeredActionConfig | null | undefined,
): AutomationAction | undefined {
  if (!isGiven(type)) return undefined;
  return toAction({ triggeredActionType: type, triggeredActionConfig: config ?? {} });
}

function toAction({
  triggeredActionType: type,
  triggeredActionConfig: config,
}: Pick<CreateFilterTriggerInput, "triggeredActionType" | "triggeredActionConfig">): AutomationAction {
  if (type === "NO_OP") return { type };
  if (type === "NOTIFICATION" && config.notificationActionInput) {
    const { integrationID, title, message, severity } = config.notificationActionInput;
    return {
      type,
      integrationId: requireIntegrationNumber(integrationID),
      title: title ?? "",
      message: message ?? "",
      severity: severity ?? "INFO",
    };
  }
  if (type === "GENERIC_WEBHOOK" && config.genericWebhookActionInput) {
    const { integrationID, requestPayload } = config.genericWebhookActionInput;
    return {
      type,
      integrationId: requireIntegrationNumber(integrationID),
      payload: requestPayload ?? null,
    };
  }
  const field = "triggeredActionConfig";
  if (type === "NOTIFICATION" || type === "GENERIC_WEBHOOK") {
    throw new ServerError("invalid_argument", `The action ${type} needs its member of ${field}`, { field });
  }
  throw new ServerError("unsupported", `This server has no actions of the type ${type}`, {
    field: "triggeredActionType",
  });
}

function integrationOf(
  { action }: Automation,
  { caller, services }: RequestContext,
): ReturnType<RequestContext["services"]["integrations"]["integrationOf"]> {
  if (action.type !== "NO_OP") return services.integrations.integrationOf(caller, action);
  throw new ServerError("internal", "An action without an integration was asked for it");
}
