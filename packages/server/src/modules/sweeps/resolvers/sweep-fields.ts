/** Sweeps as the schema shows them. What is not listed here is a field of the sweep itself. */
import { encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";
import type { SweepResolvers } from "../../../generated/schema-types.ts";
import type { RequestContext } from "../../../transport/context.ts";
import type { Project } from "../../projects/project.ts";
import type { RunListRequest } from "../../runs/run-service.ts";
import type { RunPage } from "../../runs/run-store.ts";
import type { Sweep, SweepAgent } from "../sweep.ts";
import { parseAgentId } from "./ids.ts";
import { toCursor, toRunConnection } from "./run-connection.ts";

/** Fields of sweeps. */
export const sweepFields: Pick<
  SweepResolvers,
  | "id"
  | "user"
  | "project"
  | "bestLoss"
  | "runCount"
  | "runCountExpected"
  | "earlyStopJobRunning"
  | "runs"
  | "priorRuns"
  | "priorRunsFilters"
  | "agents"
  | "agent"
> = {
  id: (sweep) => encodeGlobalId("Sweep", sweep.id),
  user: async (sweep, _args, { caller, services }) => (await services.users.authorOf(caller, sweep)) ?? null,
  project: (sweep, _args, context) => requireProject(sweep, context),
  bestLoss: (sweep, _args, { caller, services }) => services.sweeps.bestLoss(caller, sweep),
  runCount: (sweep, _args, { caller, services }) => services.sweeps.countRuns(caller, sweep),
  runCountExpected: (sweep, _args, { services }) => services.sweeps.expectedRunCount(sweep),
  earlyStopJobRunning: () => false,
  runs: async (sweep, { filters, after, first, order }, context) => {
    const request = {
      filter: filters ?? null,
      order: order ?? null,
      after: toCursor(after),
      first: first ?? null,
    };
    return toRunConnection(await listRuns(sweep, request, context));
  },
  priorRuns: async (sweep, { after, first }, { caller, services }) => {
    const request = { order: null, after: toCursor(after), first: first ?? null };
    return toRunConnection(await services.sweeps.listPriorRuns(caller, sweep, request));
  },
  priorRunsFilters: (sweep) => sweep.priorRunsFilter,
  agents: async (sweep, _args, { caller, services }) => {
    const agents = await services.sweepAgents.list(caller, sweep);
    const edges = agents.map((node) => ({ cursor: encodeGlobalId("Agent", node.id), node }));
    return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: false } };
  },
  agent: async (sweep, { agentName }, context) => (await findAgent(sweep, agentName, context)) ?? null,
};

async function requireProject(sweep: Sweep, { caller, services }: RequestContext): Promise<Project> {
  const project = await services.projects.findById(caller, sweep.projectId);
  if (project === undefined) throw new ServerError("not_found", "Project not found", { field: "project" });
  return project;
}

/** A controller outside the server asks for no pages and has to see every run. */
async function listRuns(
  sweep: Sweep,
  request: RunListRequest,
  { caller, services }: RequestContext,
): Promise<RunPage> {
  const isWhole = request.first === null && services.sweeps.hasLocalController(sweep);
  const page = await services.sweeps.listRuns(caller, sweep, {
    ...request,
    ...(isWhole && { first: ALL_AT_ONCE }),
  });
  const runs = [...page.runs];
  let { hasNextPage } = page;
  while (isWhole && hasNextPage) {
    const after = runs.at(-1)?.cursor ?? null;
    const next = await services.sweeps.listRuns(caller, sweep, { ...request, after, first: ALL_AT_ONCE });
    runs.push(...next.runs);
    ({ hasNextPage } = next);
  }
  return { ...page, runs, hasNextPage };
}

const ALL_AT_ONCE = 1_000;

/** By its name or, as clients do that know no name, by its global id. */
async function findAgent(
  sweep: Sweep,
  text: string,
  { caller, services }: RequestContext,
): Promise<SweepAgent | undefined> {
  const named = await services.sweepAgents.find(caller, sweep, { name: text });
  if (named !== undefined || !looksLikeId(text)) return named;
  return services.sweepAgents.find(caller, sweep, { agentId: parseAgentId(text) });
}

function looksLikeId(text: string): boolean {
  return Buffer.from(text, "base64").toString().startsWith("Agent:");
}
