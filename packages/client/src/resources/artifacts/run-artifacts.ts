/** The versions that a run logged or used. */
import { NotFoundError, ValueError } from "../../core/errors.ts";
import { Paginator } from "../../core/paginator.ts";
import type { Page, PageRequest, PaginatorOptions } from "../../core/paginator.ts";
import type { Service } from "../../core/service.ts";
import type { Run } from "../runs/run.ts";
import type { Artifact } from "./artifact.ts";

/** Which versions of a run. */
export const RUN_ARTIFACT_MODES = ["logged", "used"] as const;

/** Which versions of a run. */
export type RunArtifactMode = (typeof RUN_ARTIFACT_MODES)[number];

/** The versions that a run logged or used. Mirrors `wandb.apis.public.RunArtifacts`. */
export class RunArtifacts extends Paginator<Artifact> {
  /** The run. */
  readonly run: Run;
  readonly #service: Service;
  readonly #mode: RunArtifactMode;

  /** @throws {ValueError} when the mode is none of `logged` and `used`. */
  constructor(service: Service, run: Run, mode: RunArtifactMode, options: PaginatorOptions = {}) {
    super(options);
    if (!RUN_ARTIFACT_MODES.includes(mode)) throw new ValueError(`Invalid mode: expected logged or used`);
    this.#service = service;
    this.#mode = mode;
    this.run = run;
  }

  protected override async loadPage({ cursor, perPage, signal }: PageRequest): Promise<Page<Artifact>> {
    const { Artifact } = await import("./artifact.ts");
    const { RunInputArtifactsDocument, RunOutputArtifactsDocument } =
      await import("../../generated/artifacts-documents.ts");
    const { fromSource } = await import("./logged-version.ts");
    const { entity, project, id } = this.run;
    const document = this.#mode === "logged" ? RunOutputArtifactsDocument : RunInputArtifactsDocument;
    const variables = { entity, project, run: id, cursor, perPage };
    const answer = await this.#service.graphql.execute(document, variables, { signal });
    if (answer.project?.run == null) throw new NotFoundError(`Run ${this.run.path.join("/")} not found`);
    const { artifacts } = answer.project.run;
    const nodes = (artifacts?.edges ?? []).map(({ node }) => node);
    return {
      // A version whose project the caller may not see has no place.
      items: nodes
        .filter((node) => node !== null)
        .filter((node) => node.artifactSequence.project !== null)
        .map((node) => Artifact.fromLogged(this.#service, fromSource(node))),
      cursor: artifacts?.pageInfo.endCursor ?? null,
      hasNextPage: artifacts?.pageInfo.hasNextPage ?? false,
      total: artifacts?.totalCount ?? null,
    };
  }
}
