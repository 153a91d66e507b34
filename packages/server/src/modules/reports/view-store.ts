import type { ShareLink, View, ViewVersion } from "./view.ts";

/** Views with their versions and share links. Every write is atomic. */
export interface ViewStore {
  /** Stores a view; when the project has one of that type and name, gives that one as it is. */
  create(view: NewView): Promise<{ readonly view: View; readonly inserted: boolean }>;
  /**
   * Changes a view; undefined when there is none. Another title, description or spec is a new version; a change that
   * changes nothing leaves everything as it is.
   *
   * @throws {ServerError} `already_exists` when another view of the project has the type and name.
   */
  update(change: ViewChange): Promise<View | undefined>;
  /** A view by number. */
  find(request: { readonly viewId: number }): Promise<View | undefined>;
  /** Views of a type, those created last first. */
  list(query: ViewQuery): Promise<readonly View[]>;
  /** A view's versions, the newest first. */
  listVersions(request: {
    readonly viewId: number;
    /** Only versions before this one; null for all. */
    readonly before: number | null;
    readonly limit: number;
  }): Promise<readonly ViewVersion[]>;
  /**
   * Deletes a view with its versions and links, and its drafts if they may go; otherwise drafts keep it. Nothing when
   * there is no such view.
   */
  delete(request: { readonly viewId: number; readonly withDrafts: boolean }): Promise<{
    readonly hasDrafts: boolean;
  }>;
  /** Stores a new link of a view; nothing when the view is gone. */
  addLink(link: ShareLink): Promise<void>;
  /** A link by its token, ended ones too. */
  findLink(request: { readonly token: string }): Promise<ShareLink | undefined>;
  /** A view's links, the oldest first. */
  listLinks(request: { readonly viewId: number }): Promise<readonly ShareLink[]>;
  /** Changes a link; nothing when there is none. An ended link stays ended. */
  updateLink(change: {
    readonly token: string;
    readonly projectIds?: readonly number[];
    readonly revokedAt?: string;
  }): Promise<void>;
}

/** A view to store. */
export interface NewView {
  readonly projectId: number;
  readonly type: string;
  readonly name: string;
  readonly parentId: number | null;
  readonly displayName: string;
  readonly description: string;
  readonly spec: string;
  readonly userId: number;
  readonly now: string;
}

/** What to change of a view; what is undefined is left alone. */
export interface ViewChange {
  readonly viewId: number;
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
  readonly spec?: string | undefined;
  readonly userId: number;
  readonly now: string;
}

/** Which views to list. */
export interface ViewQuery {
  readonly projectId: number;
  readonly type: string;
  /** Only views of this name. */
  readonly name?: string | undefined;
  /** With `name`: views of this title too. */
  readonly orTitle?: boolean | undefined;
  /** Only views that this user created. */
  readonly userId?: number | undefined;
  /** Only views with smaller numbers; null for all. */
  readonly before: number | null;
  readonly limit: number;
}
