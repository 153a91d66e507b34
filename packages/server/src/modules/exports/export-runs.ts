/** Which runs an export is about: their numbers are learnt at the beginning, so that none comes twice or is missed. */
import { ServerError } from "../../errors.ts";
import type { Caller } from "../access/caller.ts";
import type { Project } from "../projects/project.ts";
import { missingRun } from "../runs/run-service.ts";
import type { RunService } from "../runs/run-service.ts";
import type { RunChoice } from "./export-request.ts";

/** Small, because pages carry configs and summaries, which are not needed here. */
const PAGE = 200;

/**
 * The numbers of the runs, in their order, page by page.
 *
 * @throws {ServerError} `not_found` for a named run that is not there, `invalid_argument` for a bad filter or order.
 */
export function findRuns(
  runs: RunService,
  caller: Caller,
  project: Project,
  choice: RunChoice,
): AsyncGenerator<readonly number[], void, undefined> {
  return choice.kind === "query"
    ? queryRuns(runs, caller, project, choice)
    : namedRuns(runs, caller, project, choice.names);
}

async function* queryRuns(
  runs: RunService,
  caller: Caller,
  project: Project,
  { filter, order }: { readonly filter: string | null; readonly order: string | null },
): AsyncGenerator<readonly number[], void, undefined> {
  let after: string | null = null;
  for (;;) {
    const page = await runs.list(caller, project, { filter, order, after, first: PAGE });
    yield page.runs.map(({ run }) => run.runId);
    after = page.runs.at(-1)?.cursor ?? null;
    if (!page.hasNextPage || after === null) return;
  }
}

async function* namedRuns(
  runs: RunService,
  caller: Caller,
  project: Project,
  names: readonly string[],
): AsyncGenerator<readonly number[], void, undefined> {
  if (new Set(names).size !== names.length) {
    throw new ServerError("invalid_argument", "A run is named twice", { field: "runs" });
  }
  for (let start = 0; start < names.length; start += PAGE) {
    const portion = names.slice(start, start + PAGE);
    const filter = JSON.stringify({ name: { $in: portion } });
    const page = await runs.list(caller, project, { filter, order: null, after: null, first: PAGE });
    const ids = new Map(page.runs.map(({ run }) => [run.name, run.runId]));
    yield portion.map((name) => {
      const id = ids.get(name);
      if (id === undefined) throw missingRun(name);
      return id;
    });
  }
  if (names.length === 0) yield [];
}
