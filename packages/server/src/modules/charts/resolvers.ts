/** Custom charts as the schema shows them. */
import { ServerError } from "../../errors.ts";
import type { Resolvers } from "../../generated/schema-types.ts";
import { chartIdOf, gapsOf } from "./custom-chart.ts";
import type { ChartKey } from "./custom-chart.ts";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1000;

/** Resolvers of custom charts. */
export const chartResolvers: Pick<Resolvers, "Query" | "Mutation" | "CustomChart"> = {
  Query: {
    customChart: async (_parent, { id }, { caller, services }) =>
      (await services.charts.find(caller, parseChartId(id))) ?? null,
    customCharts: async (_parent, args, { caller, services }) => {
      const first = Math.min(args.first ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE);
      if (first < 0)
        throw new ServerError("invalid_argument", "first cannot be negative", { field: "first" });
      const cursor = args.after ?? "";
      const after = cursor === "" ? null : Buffer.from(cursor, "base64url").toString();
      const charts = await services.charts.list(caller, args.entityName, { after, limit: first + 1 });
      if (charts === undefined) return null;
      const edges = charts
        .slice(0, first)
        .map((node) => ({ cursor: Buffer.from(node.name).toString("base64url"), node }));
      return {
        edges,
        pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: charts.length > first },
      };
    },
  },
  Mutation: {
    createCustomChart: async (_parent, { input }, { caller, services }) => ({
      chart: await services.charts.create(caller, { ...input, entityName: input.entity }),
    }),
    updateCustomChart: async (_parent, { input }, { caller, services }) => ({
      chart: await services.charts.update(caller, parseChartId(input.id), {
        displayName: input.displayName ?? undefined,
        access: input.access ?? undefined,
        spec: input.spec ?? undefined,
      }),
    }),
    deleteCustomChart: async (_parent, { input }, { caller, services }) => {
      await services.charts.delete(caller, parseChartId(input.id));
      return { success: true };
    },
  },
  CustomChart: {
    id: chartIdOf,
    fields: ({ spec }) => gapsOf(spec, "field"),
    stringFields: ({ spec }) => gapsOf(spec, "string"),
    isBuiltIn: ({ made }) => made === null,
    user: async ({ made }, _args, { caller, services }) =>
      made === null ? null : ((await services.users.authorOf(caller, made)) ?? null),
    createdAt: ({ made }) => made?.createdAt ?? null,
    updatedAt: ({ made }) => made?.updatedAt ?? null,
  },
};

/** What stands behind the first slash is the name; those of presets have one of their own. */
function parseChartId(id: string): ChartKey {
  const slash = id.indexOf("/");
  if (slash <= 0) {
    throw new ServerError("invalid_argument", `Invalid chart id "${id}": expected entity/name`, {
      field: "id",
    });
  }
  return { entityName: id.slice(0, slash), name: id.slice(slash + 1) };
}
