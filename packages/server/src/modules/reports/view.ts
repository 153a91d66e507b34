/** Reports, their drafts and saved workspaces: pages that people put together over runs. W&B calls all of them views. */

/** A view as it is now. */
export interface View {
  readonly viewId: number;
  readonly projectId: number;
  /** `runs` for reports, `runs/draft` for drafts of them, `project-view` for saved workspaces; others are kept too. */
  readonly type: string;
  /** Unique among the project's views of the type. */
  readonly name: string;
  /** The report that this is a draft of. */
  readonly parentId: number | null;
  /** Number of the current version. */
  readonly version: number;
  readonly displayName: string;
  readonly description: string;
  /** A JSON object, as it was saved. */
  readonly spec: string;
  readonly createdByUserId: number;
  readonly updatedByUserId: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What a view was from one change to the next. */
export interface ViewVersion {
  readonly viewId: number;
  /** From 1 on, without gaps. */
  readonly version: number;
  readonly displayName: string;
  readonly description: string;
  readonly spec: string;
  readonly userId: number;
  readonly createdAt: string;
}

/** A link with which anyone sees a report. */
export interface ShareLink {
  /** The secret part; those who may edit the report read it again. */
  readonly token: string;
  readonly viewId: number;
  /** The projects that the report shows. */
  readonly projectIds: readonly number[];
  readonly createdAt: string;
  /** Null while the link is good. */
  readonly revokedAt: string | null;
}

/** The type of reports. */
export const REPORT_TYPE = "runs";

/** Whether views of the type are drafts, which only those see who may edit. */
export function isDraftType(type: string): boolean {
  return type.endsWith("/draft");
}
