/** What events of runs have in common: the run as filters see it, its coarse state, and its variables. */
import { isJsonObject, parseJson } from "@steelyard/protocol";
import type { JsonObject, RunDocument } from "@steelyard/protocol";
import { z } from "zod";
import type { ChangeEvent } from "../../../ports/change-feed.ts";
import type { EventVariables } from "../../executions/execution.ts";
import type { Project } from "../../projects/project.ts";
import type { Run } from "../../runs/run.ts";
import type { CoarseRunState } from "../automation.ts";

const created = z.object({ state: z.string().default("running") });
const moved = z.object({ from: z.string(), to: z.string() });

/** The state that a run came into, as automations know it; undefined when it came into none of theirs. */
export function readStateChange({
  kind,
  payload,
}: ChangeEvent): { readonly state: string; readonly coarse: CoarseRunState } | undefined {
  if (kind !== "run.created" && kind !== "run.state") return undefined;
  const value: unknown = JSON.parse(payload);
  const { from, to } =
    kind === "run.created" ? { from: undefined, to: created.parse(value).state } : moved.parse(value);
  const coarse = toCoarseState(to);
  if (coarse === undefined || (from !== undefined && toCoarseState(from) === coarse)) return undefined;
  return { state: to, coarse };
}

/** A run as filters see it. */
export function toRunDocument(run: Run, project: Project): RunDocument {
  return {
    id: run.runId,
    name: run.name,
    displayName: run.displayName,
    state: run.state,
    config: toObject(run.config),
    summary: toObject(run.summary),
    tags: run.tags,
    group: run.group,
    jobType: run.jobType,
    host: run.host,
    username: run.username,
    entity: project.entityName,
    project: project.name,
    sweep: run.sweepName,
    createdAt: run.createdAt,
    updatedAt: run.updatedAt,
    heartbeatAt: run.heartbeatAt,
    durationSeconds: (Date.parse(run.heartbeatAt) - Date.parse(run.createdAt)) / 1000,
    notes: run.notes,
    description: run.description,
    commit: run.commit,
  };
}

/** The variables of every event of a run. */
export function runVariables(run: Run, project: Project, eventType: string): EventVariables {
  return {
    event_type: eventType,
    event_author: run.username,
    entity_name: project.entityName,
    project_name: project.name,
    run_id: run.name,
    run_name: run.displayName,
    run_state: run.state,
  };
}

function toCoarseState(state: string): CoarseRunState | undefined {
  switch (state) {
    case "running":
      return "RUNNING";
    case "finished":
      return "FINISHED";
    case "failed":
    case "crashed":
      return "FAILED";
    default:
      return undefined;
  }
}

function toObject(text: string): JsonObject {
  const value = parseJson(text);
  return isJsonObject(value) ? value : {};
}
