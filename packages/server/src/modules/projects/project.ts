/** Who may see a project: its team; anyone reads; anyone reads and writes; its members. */
export const PROJECT_ACCESS = ["PRIVATE", "USER_READ", "USER_WRITE", "RESTRICTED"] as const;

/** One kind of access. */
export type ProjectAccess = (typeof PROJECT_ACCESS)[number];

/** A named set of runs. */
export interface Project {
  readonly id: number;
  readonly entityId: number;
  readonly entityName: string;
  readonly name: string;
  readonly description: string | null;
  readonly access: ProjectAccess;
  readonly repo: string | null;
  readonly dockerImage: string | null;
  /** JSON text. */
  readonly views: string | null;
  readonly isBenchmark: boolean;
  /** Whether it is a registry: a project of an organization's own entity. */
  readonly isRegistry: boolean;
  /** Whether a registry takes versions of any type; otherwise only those types that it has. False in other projects. */
  readonly allowsAllArtifactTypes: boolean;
  readonly createdByUserId: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}
