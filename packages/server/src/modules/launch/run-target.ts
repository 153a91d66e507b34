/**
 * Whether the one who adds an item might do what it makes an agent do: agents have rights of their own, which are not to
 * be had through a queue.
 */
import { DEFAULT_PROJECT, parseArtifactPath } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import { missingEntity } from "../access/access.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { ProjectStore } from "../projects/project-store.ts";
import type { CompleteSpec } from "./run-spec.ts";

/** What the check is built from. */
export interface RunTargetParts {
  readonly entities: EntityStore;
  readonly projects: ProjectStore;
  readonly access: Access;
}

/**
 * Checks where a spec's run is logged, and whose job it is.
 *
 * @throws {ServerError | ProtocolError} `not_found` or `permission_denied` where the caller could not log the run, and
 *   `not_found` for a job that is hidden from the caller.
 */
export async function requireRunTarget(
  { entities, projects, access }: RunTargetParts,
  caller: Caller,
  spec: CompleteSpec,
): Promise<void> {
  const entity = await entities.find({ name: spec.targetEntity });
  if (entity === undefined) throw missingEntity(spec.targetEntity);
  const name = spec.targetProject === "" ? DEFAULT_PROJECT : spec.targetProject;
  const project = await projects.find({ entityId: entity.id, name });
  if (project === undefined) await access.requireWriteEntity(caller, entity);
  else await access.requireWriteProject(caller, project);
  if (spec.job !== null) await requireVisibleJob(spec.job);

  async function requireVisibleJob(job: string): Promise<void> {
    const { prefix, project: projectName } = parseArtifactPath(job);
    const owner = prefix === undefined ? undefined : await entities.find({ name: prefix });
    if (owner === undefined || projectName === undefined) return;
    const home = await projects.find({ entityId: owner.id, name: projectName });
    if (home === undefined || (await access.canOpenProject(caller, home))) return;
    throw new ServerError("not_found", `Job "${job}" not found`, { field: "runSpec" });
  }
}
