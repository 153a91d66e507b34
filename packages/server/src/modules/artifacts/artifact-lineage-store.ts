import type { Artifact } from "./artifact.ts";

/** Which runs used and logged which versions. */
export interface ArtifactLineageStore {
  /** Records that a run used a version; a repeated use keeps its place and takes the new `usedAs` when it has one. */
  use(request: ArtifactUse): Promise<void>;
  /** A page of the committed versions that a run used or logged, in the order in which it did so. */
  listByRun(request: RunArtifactQuery): Promise<RunArtifactPage>;
  /** The runs that used a version, in the order in which they first did so. */
  listUsers(request: { readonly artifactId: number }): Promise<readonly ArtifactUser[]>;
  /** What runs did with versions, in the order in which they did it. */
  listLinks(request: LinkQuery): Promise<readonly ArtifactLink[]>;
}

/** What a run did with a version: `output` logged it, `input` used it. */
export interface ArtifactLink {
  readonly kind: "input" | "output";
  readonly projectId: number;
  readonly runId: number;
  readonly artifactId: number;
}

/** Which links: all of some versions, or all of some runs. */
export type LinkQuery = { readonly kind: ArtifactLink["kind"] } & (
  | { readonly artifactIds: readonly number[] }
  | { readonly runs: readonly { readonly projectId: number; readonly runId: number }[] }
);

/** A use of a version by a run. */
export interface ArtifactUse {
  readonly artifactId: number;
  readonly projectId: number;
  readonly runId: number;
  readonly usedAs: string | null;
  readonly now: string;
}

/** A run that used a version. */
export interface ArtifactUser {
  /** Where among the version's users the run stands. */
  readonly position: number;
  readonly projectId: number;
  readonly runId: number;
}

/** Which versions of a run. */
export interface RunArtifactQuery {
  readonly projectId: number;
  readonly runId: number;
  readonly direction: "input" | "output";
  /** Position of the element before the page; null for the first page. */
  readonly after: number | null;
  readonly limit: number;
}

/** A page of a run's versions. */
export interface RunArtifactPage {
  readonly artifacts: readonly { readonly position: number; readonly artifact: Artifact }[];
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}
