/** Groups of runs as the schema shows them. */
import { printJson } from "@steelyard/protocol";
import type { ProjectResolvers } from "../../../generated/schema-types.ts";

/** The field of projects that groups their runs. */
export const projectAggregates: Pick<ProjectResolvers, "runAggregates"> = {
  runAggregates: async (project, { filters, groupBy, metrics, first, after }, { caller, services }) => {
    const page = await services.runs.aggregate(caller, project, {
      filter: filters ?? null,
      groupBy: groupBy ?? [],
      metrics: (metrics ?? []).map(({ field, goal, quantiles }) => ({
        field,
        goal: goal === "MAXIMIZE" ? "maximize" : "minimize",
        quantiles: quantiles ?? [],
      })),
      after: after === "" ? null : (after ?? null),
      first: first ?? null,
    });
    return {
      edges: page.groups.map(({ group, cursor }) => ({
        cursor,
        node: { keys: printJson(group.keys), count: group.count, metrics: group.metrics },
      })),
      pageInfo: { endCursor: page.groups.at(-1)?.cursor ?? null, hasNextPage: page.hasNextPage },
      totalCount: page.totalCount,
    };
  },
};
