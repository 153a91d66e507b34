/** The runs of a project as the schema shows them. */
import type { ProjectResolvers } from "../../../generated/schema-types.ts";
import type { RequestContext } from "../../../transport/context.ts";
import type { Project } from "../../projects/project.ts";
import type { Run } from "../run.ts";

/** Fields of projects that are about their runs. */
export const projectRuns: Pick<ProjectResolvers, "run" | "bucket" | "runs" | "buckets" | "runCount"> = {
  run: (project, { name }, context) => findRun(project, name, context),
  bucket: (project, { name }, context) => findRun(project, name, context),
  runs: (project, args, context) => listRuns(project, args, context),
  buckets: (project, args, context) => listRuns(project, args, context),
  runCount: (project, { filters }, { caller, services }) =>
    services.runs.count(caller, project, filters ?? null),
};

async function findRun(
  project: Project,
  name: string,
  { caller, services }: RequestContext,
): Promise<Run | null> {
  return (await services.runs.findIn(caller, project, name)) ?? null;
}

interface ListArguments {
  readonly filters?: string | null | undefined;
  readonly order?: string | null | undefined;
  readonly after?: string | null | undefined;
  readonly first?: number | null | undefined;
}

interface Connection {
  readonly edges: readonly { readonly cursor: string; readonly node: Run }[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly totalCount: number;
}

async function listRuns(
  project: Project,
  { filters, order, after, first }: ListArguments,
  { caller, services }: RequestContext,
): Promise<Connection> {
  const page = await services.runs.list(caller, project, {
    filter: filters ?? null,
    order: order ?? null,
    after: after === "" ? null : (after ?? null),
    first: first ?? null,
  });
  const edges = page.runs.map(({ run, cursor }) => ({ cursor, node: run }));
  return {
    edges,
    pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: page.hasNextPage },
    totalCount: page.totalCount,
  };
}
