/** Executions as the schema shows them. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Resolvers } from "../../generated/schema-types.ts";
import { parsePageSize } from "../artifacts/page-size.ts";
import { requireTriggerNumber } from "../automations/resolvers.ts";
import { isGiven, parsePosition } from "../integrations/resolvers.ts";
import type { Execution, ExecutionState } from "./execution.ts";
import type { ExecutionPage, ExecutionPageRequest } from "./execution-service.ts";

const MAX_PAGE = 1000;

/** Resolvers of executions. */
export const executionResolvers: Pick<Resolvers, "Entity" | "Trigger" | "Mutation" | "AutomationExecution"> =
  {
    Entity: {
      automationExecutions: async (entity, args, { caller, services }) => {
        if (!isGiven(args.triggerID))
          return toConnection(await services.executions.listOfEntity(caller, entity, toRequest(args)));
        const automation = await services.automations.find(caller, requireTriggerNumber(args.triggerID));
        if (automation?.entityId !== entity.id) {
          const message = `The entity has no automation "${args.triggerID}"`;
          throw new ServerError("not_found", message, { field: "triggerID" });
        }
        return toConnection(await services.executions.listOfAutomation(caller, automation, toRequest(args)));
      },
    },
    Trigger: {
      executions: async (automation, args, { caller, services }) =>
        toConnection(await services.executions.listOfAutomation(caller, automation, toRequest(args))),
    },
    Mutation: {
      redeliverAutomationExecution: async (_parent, { input }, { caller, services }) => {
        const { type, numbers } = decodeGlobalId(input.id);
        const [number] = numbers;
        if (type !== "AutomationExecution" || number === undefined) {
          throw new ServerError("not_found", `"${input.id}" is not the id of an execution`, { field: "id" });
        }
        return { execution: await services.executions.redeliver(caller, number) };
      },
    },
    AutomationExecution: {
      id: (execution) => encodeGlobalId("AutomationExecution", execution.id),
      trigger: async ({ automationId }, _args, { caller, services }) =>
        automationId === null ? null : ((await services.automations.find(caller, automationId)) ?? null),
    },
  };

function toRequest(args: {
  readonly state?: ExecutionState | null;
  readonly after?: string | null;
  readonly first?: number | null;
}): ExecutionPageRequest {
  const before = parsePosition(args.after);
  return {
    state: args.state ?? undefined,
    before: before === 0 ? undefined : before,
    limit: parsePageSize(args.first ?? null, MAX_PAGE),
  };
}

function toConnection({ executions, hasNextPage }: ExecutionPage): {
  readonly edges: readonly { readonly cursor: string; readonly node: Execution }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
} {
  const edges = executions.map((node) => ({ cursor: String(node.id), node }));
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage } };
}
