/** The sweeps of a project, and the sweep of a run, as the schema shows them. */
import type { ProjectResolvers, RunResolvers } from "../../../generated/schema-types.ts";
import { RequestMemo } from "../../artifacts/request-memo.ts";
import type { Sweep } from "../sweep.ts";
import { toCursor } from "./run-connection.ts";

/** Runs of one page are often of one sweep. */
const sweepsOfRuns = new RequestMemo<Sweep | undefined>();

/** Fields of projects that are about their sweeps. */
export const projectSweeps: Pick<ProjectResolvers, "sweep" | "sweeps" | "totalSweeps"> = {
  sweep: async (project, { sweepName }, { caller, services }) =>
    (await services.sweeps.findIn(caller, project, sweepName)) ?? null,
  sweeps: async (project, { filters, after, first }, { caller, services }) => {
    const page = await services.sweeps.list(caller, project, {
      filter: filters ?? null,
      after: toCursor(after),
      first: first ?? null,
    });
    const edges = page.sweeps.map(({ sweep, cursor }) => ({ cursor, node: sweep }));
    return {
      edges,
      pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: page.hasNextPage },
      totalCount: page.totalCount,
    };
  },
  totalSweeps: (project, _args, { caller, services }) => services.sweeps.count(caller, project),
};

/** The field of runs that is about their sweep. */
export const runSweep: Pick<RunResolvers, "sweep"> = {
  sweep: async ({ projectId, sweepName }, _args, context) => {
    if (sweepName === null) return null;
    const { caller, services } = context;
    const key = `${projectId}/${sweepName}`;
    const find = (): Promise<Sweep | undefined> => services.sweeps.findNamed(caller, projectId, sweepName);
    return (await sweepsOfRuns.get(context, key, find)) ?? null;
  },
};
