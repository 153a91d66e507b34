/** What an operator may ask and set of artifacts. */
import type { AdminArtifactRemoval } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { EntityStore } from "../entities/entity-store.ts";
import type { ProjectService } from "../projects/project-service.ts";
import { parseTtl } from "./artifact-input.ts";
import type { ArtifactRemovalStore } from "./artifact-removal-store.ts";

/** What it is built from. */
export interface ArtifactOperationParts {
  readonly artifactRemovals: ArtifactRemovalStore;
  readonly entities: EntityStore;
  readonly projects: ProjectService;
  readonly access: Access;
}

/** Everything since the beginning. */
const BEGINNING = "1970-01-01T00:00:00.000Z";

/** Serves operators; every method throws `permission_denied` for others. */
export class ArtifactOperation {
  readonly #parts: ArtifactOperationParts;

  constructor(parts: ArtifactOperationParts) {
    this.#parts = parts;
  }

  /** What was given back since an instant, by project and reason. */
  async listRemovals(caller: Caller, since: string | null): Promise<readonly AdminArtifactRemoval[]> {
    const { access, artifactRemovals, projects } = this.#parts;
    access.requireAdmin(caller);
    const from = since === null ? BEGINNING : new Date(since).toISOString();
    const removals: AdminArtifactRemoval[] = [];
    for (const sum of await artifactRemovals.sumRemovals({ since: from })) {
      const project = await projects.findById(caller, sum.projectId);
      removals.push({
        entity: project?.entityName ?? null,
        project: project?.name ?? null,
        reason: sum.reason,
        artifacts: sum.artifactCount,
        contents: sum.contentCount,
        freedBytes: sum.freedBytes,
      });
    }
    return removals;
  }

  /** How long versions of an entity live unless something nearer says otherwise; null for ever. Throws `not_found`. */
  async findTtlDefault(caller: Caller, entityName: string): Promise<number | null> {
    const entityId = await this.#requireEntity(caller, entityName);
    return this.#parts.artifactRemovals.findTtlDefault({ entityId });
  }

  /** Sets that. Throws `not_found`, `invalid_argument`. */
  async setTtlDefault(caller: Caller, entityName: string, seconds: number | null): Promise<void> {
    const entityId = await this.#requireEntity(caller, entityName);
    const ttlSeconds = parseTtl(seconds)?.seconds ?? null;
    await this.#parts.artifactRemovals.setTtlDefault({ entityId, ttlSeconds });
  }

  async #requireEntity(caller: Caller, name: string): Promise<number> {
    const { access, entities } = this.#parts;
    access.requireAdmin(caller);
    const entity = await entities.find({ name });
    if (entity === undefined) throw new ServerError("not_found", `Entity "${name}" not found`);
    return entity.id;
  }
}
