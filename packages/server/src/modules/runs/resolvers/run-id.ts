/** Global ids of runs. */
import { decodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../../errors.ts";
import type { RunKey } from "../../history/history-log.ts";

/** The key in a run's global id. Throws `invalid_argument` when it is no such id. */
export function parseRunId(id: string): RunKey {
  const { type, numbers } = decodeGlobalId(id);
  const [projectId, runId, ...rest] = numbers;
  if (type !== "Run" || projectId === undefined || runId === undefined || rest.length > 0) {
    throw new ServerError("invalid_argument", `"${id}" is not the id of a run`, { field: "id" });
  }
  return { projectId, runId };
}
