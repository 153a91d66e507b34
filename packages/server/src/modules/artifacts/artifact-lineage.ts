/** Which runs logged and used which versions. */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { Run } from "../runs/run.ts";
import type { RunAddress, RunService } from "../runs/run-service.ts";
import type { Artifact } from "./artifact.ts";
import type { ArtifactAccess } from "./artifact-access.ts";
import type { RunArtifactPage } from "./artifact-lineage-store.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { parsePageSize } from "./page-size.ts";

/** What it is built from. */
export interface ArtifactLineageParts {
  readonly artifacts: ArtifactStore;
  readonly runs: RunService;
  readonly access: ArtifactAccess;
  readonly rules: Access;
  readonly clock: Clock;
}

/** Where in a list a page begins, and how long it may be. */
export interface PageRequest {
  /** Position of the element before the page. */
  readonly after: number | null;
  readonly first: number | null;
}

/** A page of the runs that used a version. */
export interface UserPage {
  readonly users: readonly { readonly position: number; readonly run: Run }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

const MAX_PAGE = 1_000;

/** Reads and records what runs do with versions. */
export class ArtifactLineage {
  readonly #artifacts: ArtifactStore;
  readonly #runs: RunService;
  readonly #access: ArtifactAccess;
  readonly #rules: Access;
  readonly #clock: Clock;

  constructor({ artifacts, runs, access, rules, clock }: ArtifactLineageParts) {
    this.#artifacts = artifacts;
    this.#runs = runs;
    this.#access = access;
    this.#rules = rules;
    this.#clock = clock;
  }

  /**
   * Records that a run used a version; repeating it changes nothing.
   *
   * @throws {ServerError} `not_found`, `permission_denied`, `conflict` while the version is not committed.
   */
  async use(
    caller: Caller,
    address: RunAddress,
    use: { readonly artifactId: number; readonly usedAs: string | null },
  ): Promise<Artifact> {
    const run = await this.#runs.require(caller, address);
    await this.#rules.requireAppendProject(caller, await this.#access.requireProject(caller, run));
    const artifact = await this.#access.requireUse(caller, use.artifactId);
    if (artifact.state !== "COMMITTED") {
      throw new ServerError("conflict", "The artifact is not committed yet; a run can use it afterwards");
    }
    const { projectId, runId } = run;
    await this.#artifacts.use({ ...use, projectId, runId, now: this.#clock.now() });
    return artifact;
  }

  /**
   * A page of the versions that a run logged (`output`) or used (`input`), in the order in which it did so. Versions
   * that the caller may not see are left out.
   *
   * @throws {ServerError} `not_found`, `invalid_argument` for a negative page size.
   */
  async listByRun(
    caller: Caller,
    run: Run,
    request: PageRequest & { readonly direction: "input" | "output" },
  ): Promise<RunArtifactPage> {
    await this.#access.requireProject(caller, run);
    const { projectId, runId } = run;
    const { direction, after } = request;
    const limit = parsePageSize(request.first, MAX_PAGE);
    const page = await this.#artifacts.listByRun({ projectId, runId, direction, after, limit });
    const isVisible = new Set<number>();
    for (const { artifact } of page.artifacts) {
      const isOwn = artifact.projectId === projectId;
      if (isOwn || (await this.#access.canSee(caller, artifact))) isVisible.add(artifact.id);
    }
    return { ...page, artifacts: page.artifacts.filter(({ artifact }) => isVisible.has(artifact.id)) };
  }

  /** The run that logged a version first; undefined when it logged itself or the run is gone. */
  async findCreator(caller: Caller, artifact: Artifact): Promise<Run | undefined> {
    const { projectId, createdByRunId: runId } = artifact;
    return runId === null ? undefined : this.#runs.findByKey(caller, { projectId, runId });
  }

  /**
   * The runs that used a version and that the caller may see, in the order of their first use; all of them unless
   * `first` is given.
   *
   * @throws {ServerError} `not_found`, `invalid_argument` for a negative page size.
   */
  async listUsers(caller: Caller, artifact: Artifact, { after, first }: PageRequest): Promise<UserPage> {
    const limit = first === null ? Number.POSITIVE_INFINITY : parsePageSize(first, MAX_PAGE);
    const visible: { readonly position: number; readonly run: Run }[] = [];
    for (const { position, ...key } of await this.#artifacts.listUsers({ artifactId: artifact.id })) {
      const run = await this.#runs.findByKey(caller, key);
      if (run !== undefined) visible.push({ position, run });
    }
    const rest = after === null ? visible : visible.filter(({ position }) => position > after);
    return {
      users: rest.slice(0, limit),
      hasNextPage: rest.length > limit,
      totalCount: visible.length,
    };
  }
}
