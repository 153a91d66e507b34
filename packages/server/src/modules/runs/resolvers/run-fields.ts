/** Runs as the schema shows them. What is not listed here is a field of the run itself. */
import { encodeGlobalId } from "@steelyard/protocol";
import type { RunResolvers } from "../../../generated/schema-types.ts";
import type { RequestContext } from "../../../transport/context.ts";
import { METADATA_FILE, parseMetadata, readEnvironment, readInternalConfig, toRunInfo } from "../run-info.ts";
import type { RunInfo } from "../run-info.ts";
import type { Run } from "../run.ts";
import { loadersOf } from "./loaders.ts";

/** Fields of runs. */
export const runFields: Pick<
  RunResolvers,
  | "id"
  | "summaryMetrics"
  | "wandbConfig"
  | "exitcode"
  | "stopped"
  | "shouldStop"
  | "running"
  | "failed"
  | "user"
  | "project"
  | "readOnly"
  | "runInfo"
> = {
  id: (run) => encodeGlobalId("Run", run.projectId, run.runId),
  summaryMetrics: (run) => run.summary,
  wandbConfig: (run, { keys }) => readInternalConfig(run.config, keys),
  exitcode: (run) => run.exitCode,
  stopped: (run) => run.isStopRequested,
  shouldStop: (run) => run.isStopRequested,
  running: (run) => run.state === "running",
  failed: (run) => run.state === "failed",
  user: (run, _args, context) => loadersOf(context).author(run),
  project: async (run, _args, context) => (await loadersOf(context).project(run)) ?? null,
  readOnly: (run, _args, context) => loadersOf(context).isReadOnly(run),
  runInfo: (run, _args, context) => readRunInfo(run, context),
};

/** More than any environment takes; a larger file is something else. */
const MAX_METADATA_BYTES = 1024 * 1024;

async function readRunInfo(run: Run, { caller, services }: RequestContext): Promise<RunInfo> {
  const environment = readEnvironment(run.config);
  if (environment !== undefined) return toRunInfo(run, environment);
  const text = await services.files.readText(caller, run, METADATA_FILE, MAX_METADATA_BYTES);
  return toRunInfo(run, text === undefined ? {} : parseMetadata(text));
}
