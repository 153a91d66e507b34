/** Deletes versions on demand, and says how long they live. */
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Run } from "../runs/run.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { ArtifactLineageStore } from "./artifact-lineage-store.ts";
import type { ArtifactRemovalStore, Removal } from "./artifact-removal-store.ts";

/** What it is built from. */
export interface ArtifactRemovalsParts {
  readonly artifacts: ArtifactLineageStore;
  readonly artifactRemovals: ArtifactRemovalStore;
  readonly access: ArtifactAccess;
  readonly rules: Access;
  readonly clock: Clock;
}

const VERSIONS_AT_ONCE = 1_000;

/** Takes versions away. */
export class ArtifactRemovals {
  readonly #parts: ArtifactRemovalsParts;

  constructor(parts: ArtifactRemovalsParts) {
    this.#parts = parts;
  }

  /**
   * Deletes a version, from portfolios as well, and the content that no other version holds. Repeating it changes
   * nothing.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `conflict` when it has aliases and they may not go with it.
   */
  async delete(caller: Caller, artifactId: number, deleteAliases: boolean): Promise<Artifact> {
    const { access, rules, artifactRemovals, clock } = this.#parts;
    const { artifact, project } = await access.requireEver(caller, artifactId);
    await rules.requireWriteProject(caller, project);
    await artifactRemovals.deleteVersions({
      artifactIds: [artifactId],
      deleteAliases,
      reason: "deleted",
      now: clock.now(),
    });
    return { ...artifact, state: "DELETED" };
  }

  /**
   * Deletes the versions that a run was the first to log, with their aliases.
   *
   * @throws {ServerError} `not_found`, `permission_denied`.
   */
  async deleteOfRun(caller: Caller, run: Run): Promise<Removal> {
    const { access, rules, artifacts, artifactRemovals, clock } = this.#parts;
    await rules.requireWriteProject(caller, await access.requireProject(caller, run));
    const { projectId, runId } = run;
    const artifactIds: number[] = [];
    for (let after: number | null = null, isMore = true; isMore;) {
      const page = await artifacts.listByRun({
        projectId,
        runId,
        direction: "output",
        after,
        limit: VERSIONS_AT_ONCE,
      });
      const own = page.artifacts.filter(({ artifact }) => artifact.createdByRunId === runId);
      artifactIds.push(...own.map(({ artifact }) => artifact.id));
      after = page.artifacts.at(-1)?.position ?? null;
      isMore = page.hasNextPage;
    }
    const now = clock.now();
    return artifactRemovals.deleteVersions({ artifactIds, deleteAliases: true, reason: "deleted", now });
  }

  /** Seconds that a version lives from its creation; null for ever, as all live that are reached through a portfolio. */
  async findTtl(caller: Caller, artifact: Artifact): Promise<number | null> {
    if (!artifact.isTtlInherited) return artifact.ttlSeconds;
    if (artifact.sequence.ttlSeconds !== null) return artifact.sequence.ttlSeconds;
    const project = await this.#parts.access.findProject(caller, artifact);
    if (project === undefined) return null;
    return this.#parts.artifactRemovals.findTtlDefault({ entityId: project.entityId });
  }
}
