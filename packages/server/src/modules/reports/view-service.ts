/** Reports, drafts and saved workspaces: who may see, write, return to and delete them. */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import type { Project } from "../projects/project.ts";
import type { UserStore } from "../users/user-store.ts";
import { checkViewFields } from "./view-input.ts";
import type { ViewFields } from "./view-input.ts";
import type { ViewStore } from "./view-store.ts";
import { REPORT_TYPE, isDraftType } from "./view.ts";
import type { View, ViewVersion } from "./view.ts";

/** What the service is built from. */
export interface ViewServiceParts {
  readonly views: ViewStore;
  readonly users: UserStore;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Which view to create or change, and what it is to become. */
export interface ViewUpsert extends ViewFields {
  /** An existing view; null for a new one, or the one of that name. */
  readonly viewId: number | null;
  /** Where; of an existing view it is only compared. */
  readonly address: ProjectAddress;
  /** The report that a new draft is of. */
  readonly parentId: number | null;
}

/** Which page of a project's views. */
export interface ViewListRequest {
  readonly type: string;
  /** Null for all names. */
  readonly name: string | null;
  /** Username of the author; null for all. */
  readonly author: string | null;
  /** The number of the view before the page; null for the first page. */
  readonly before: number | null;
  readonly limit: number;
}

const NAME_BYTES = 8;

/** Reads and changes views. */
export class ViewService {
  readonly #views: ViewStore;
  readonly #users: UserStore;
  readonly #projects: ProjectService;
  readonly #access: Access;
  readonly #clock: Clock;
  readonly #ids: IdSource;

  constructor(parts: ViewServiceParts) {
    this.#views = parts.views;
    this.#users = parts.users;
    this.#projects = parts.projects;
    this.#access = parts.access;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
  }

  /** The view, or undefined when it is missing or the caller may not see it. */
  async find(caller: Caller, viewId: number): Promise<View | undefined> {
    const view = await this.#views.find({ viewId });
    const project = view && (await this.#projects.findById(caller, view.projectId));
    if (project === undefined) return undefined;
    return (await this.#isVisible(caller, project, view)) ? view : undefined;
  }

  /** As `find`, but throws `not_found`. */
  async require(caller: Caller, viewId: number): Promise<View> {
    const view = await this.find(caller, viewId);
    if (view === undefined) throw new ServerError("not_found", `View ${viewId} not found`, { field: "id" });
    return view;
  }

  /** The view's project, which the caller may see already. Throws `not_found` when it is gone. */
  async projectOf(caller: Caller, view: View): Promise<Project> {
    const project = await this.#projects.findById(caller, view.projectId);
    if (project === undefined) throw new ServerError("not_found", `View ${view.viewId} not found`);
    return project;
  }

  /** A page of views of a project that the caller may see already, those created last first. */
  async list(caller: Caller, project: Project, request: ViewListRequest): Promise<readonly View[]> {
    await this.#access.requireReadProject(caller, project);
    const { type, before, limit, author } = request;
    const authorId = author === null ? null : ((await this.#users.find({ username: author }))?.id ?? -1);
    // Drafts of others are for those who may edit them.
    const isLimited = isDraftType(type) && !(await this.#access.canWriteProject(caller, project));
    const ownId = caller.kind === "user" ? caller.user.id : -1;
    if (isLimited && authorId !== null && authorId !== ownId) return [];
    const userId = isLimited ? ownId : authorId;
    const name = request.name ?? undefined;
    return this.#views.list({
      projectId: project.id,
      type,
      ...(name !== undefined && { name, orTitle: type.split("/")[0] === REPORT_TYPE }),
      ...(userId !== null && { userId }),
      before,
      limit,
    });
  }

  /**
   * Creates a view or changes what is given of an existing one.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument`, `payload_too_large`,
   *   `already_exists` for the name of another view.
   */
  async upsert(
    caller: Caller,
    input: ViewUpsert,
  ): Promise<{ readonly view: View; readonly inserted: boolean }> {
    checkViewFields(input);
    const { viewId } = input;
    if (viewId === null) return this.#create(caller, input);
    const view = await this.require(caller, viewId);
    await this.#refuseMove(caller, view, input.address);
    return { view: await this.#change(caller, view, input), inserted: false };
  }

  /**
   * Deletes a view, with its drafts if they may go. False when they may not and there are any.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`.
   */
  async delete(
    caller: Caller,
    viewId: number,
    { withDrafts }: { readonly withDrafts: boolean },
  ): Promise<boolean> {
    await this.requireEdit(caller, await this.require(caller, viewId));
    const { hasDrafts } = await this.#views.delete({ viewId, withDrafts });
    return !hasDrafts || withDrafts;
  }

  /** Versions of a view that the caller may see already, the newest first. */
  async versions(
    caller: Caller,
    view: View,
    page: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly ViewVersion[]> {
    await this.require(caller, view.viewId);
    return this.#views.listVersions({ viewId: view.viewId, ...page });
  }

  /**
   * Makes a version the current one, as a new version.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`.
   */
  async restore(caller: Caller, viewId: number, version: number): Promise<View> {
    const view = await this.require(caller, viewId);
    const [found] = await this.#views.listVersions({ viewId, before: version + 1, limit: 1 });
    if (found?.version !== version)
      throw new ServerError("not_found", `The view has no version ${version}`, { field: "version" });
    const { displayName, description, spec } = found;
    return this.#change(caller, view, { displayName, description, spec });
  }

  /** Whether the caller may edit a view: its author if they may write there, and who manages the project. */
  async canEdit(caller: Caller, view: View): Promise<boolean> {
    try {
      await this.requireEdit(caller, view);
      return true;
    } catch (error) {
      if (error instanceof ServerError && error.code !== "internal") return false;
      throw error;
    }
  }

  /** Throws `unauthenticated`, `not_found` or `permission_denied` unless the caller may edit the view. */
  async requireEdit(caller: Caller, view: View): Promise<void> {
    const project = await this.projectOf(caller, view);
    await this.#access.requireWriteProject(caller, project);
    const isAuthor = this.#access.requireUser(caller).user.id === view.createdByUserId;
    if (!isAuthor) await this.#access.requireManageProject(caller, project);
  }

  async #create(
    caller: Caller,
    input: ViewUpsert,
  ): Promise<{ readonly view: View; readonly inserted: boolean }> {
    const project = await this.#projects.require(caller, input.address);
    await this.#access.requireWriteProject(caller, project);
    if (input.parentId !== null) await this.#requireParent(caller, project, input.parentId);
    const { spec } = input;
    if (spec === undefined)
      throw new ServerError("invalid_argument", "A new view needs a spec", { field: "spec" });
    const created = await this.#views.create({
      projectId: project.id,
      type: input.type ?? REPORT_TYPE,
      name: input.name ?? this.#ids.hex(NAME_BYTES),
      parentId: input.parentId,
      displayName: input.displayName ?? "",
      description: input.description ?? "",
      spec,
      userId: this.#access.requireUser(caller).user.id,
      now: this.#clock.now(),
    });
    if (created.inserted) return created;
    return { view: await this.#change(caller, created.view, input), inserted: false };
  }

  async #change(caller: Caller, view: View, fields: ViewFields): Promise<View> {
    await this.requireEdit(caller, view);
    const changed = await this.#views.update({
      viewId: view.viewId,
      type: fields.type,
      name: fields.name,
      displayName: fields.displayName,
      description: fields.description,
      spec: fields.spec,
      userId: this.#access.requireUser(caller).user.id,
      now: this.#clock.now(),
    });
    if (changed === undefined) throw new ServerError("not_found", `View ${view.viewId} not found`);
    return changed;
  }

  async #requireParent(caller: Caller, project: Project, parentId: number): Promise<void> {
    const parent = await this.require(caller, parentId);
    if (parent.projectId === project.id && !isDraftType(parent.type)) return;
    throw new ServerError("invalid_argument", "A draft is of a report of the same project", {
      field: "parentId",
    });
  }

  /** A view stays in its project: links to it name the project. */
  async #refuseMove(caller: Caller, view: View, address: ProjectAddress): Promise<void> {
    if (address.projectName === null && address.entityName === null) return;
    const { entityName, name } = await this.projectOf(caller, view);
    const isSame =
      (address.entityName ?? entityName) === entityName && (address.projectName ?? name) === name;
    if (isSame) return;
    throw new ServerError("unsupported", `The view is in "${entityName}/${name}" and cannot be moved`, {
      field: "projectName",
    });
  }

  async #isVisible(caller: Caller, project: Project, view: View | undefined): Promise<boolean> {
    if (view === undefined) return false;
    if (!isDraftType(view.type)) return true;
    if (caller.kind === "user" && caller.user.id === view.createdByUserId) return true;
    return this.#access.canWriteProject(caller, project);
  }
}
