// Random runs on their way into a store, and stored runs as the oracles see them.
import { parseJsonObject, printJson, type RunDocument } from "@steelyard/protocol";
import type { Run } from "@steelyard/server";
import type { RunFixture } from "./run-store-under-test.ts";

/** The parts of a random document that a run can be given. */
export function toUpsert(document: RunDocument): Parameters<RunFixture["put"]>[1] {
  return {
    config: printJson(document.config),
    summary: printJson(document.summary),
    tags: document.tags,
    group: document.group,
    jobType: document.jobType,
    host: document.host,
    sweepName: document.sweep,
    notes: document.notes,
    description: document.description,
    commit: document.commit,
    now: document.createdAt,
  };
}

/** What a question about a run looks at, from the run as it is stored. */
export function toDocument(run: Run, project: string): RunDocument {
  return {
    id: run.runId,
    name: run.name,
    displayName: run.displayName,
    state: run.state,
    config: parseJsonObject(run.config),
    summary: parseJsonObject(run.summary),
    tags: run.tags,
    group: run.group,
    jobType: run.jobType,
    host: run.host,
    username: run.username,
    entity: "ada",
    project,
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
