/**
 * Share links of reports: whoever has one sees the report's page, also of a private project, and nothing else. Those
 * who may edit the report make, read and end them.
 */
import { ServerError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdSource } from "../../ports/id-source.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { ProjectAddress, ProjectService } from "../projects/project-service.ts";
import type { Project } from "../projects/project.ts";
import type { ViewService } from "./view-service.ts";
import type { ViewStore } from "./view-store.ts";
import { REPORT_TYPE } from "./view.ts";
import type { ShareLink, View } from "./view.ts";

/** What the service is built from. */
export interface ShareServiceParts {
  readonly views: ViewStore;
  readonly viewService: ViewService;
  readonly projects: ProjectService;
  readonly access: Access;
  readonly clock: Clock;
  readonly ids: IdSource;
}

const TOKEN_BYTES = 32;
const MAX_PROJECTS = 100;

/** Makes, reads and ends share links. */
export class ShareService {
  readonly #views: ViewStore;
  readonly #viewService: ViewService;
  readonly #projects: ProjectService;
  readonly #access: Access;
  readonly #clock: Clock;
  readonly #ids: IdSource;

  constructor(parts: ShareServiceParts) {
    this.#views = parts.views;
    this.#viewService = parts.viewService;
    this.#projects = parts.projects;
    this.#access = parts.access;
    this.#clock = parts.clock;
    this.#ids = parts.ids;
  }

  /**
   * Makes a link to a report. Where the project is restricted, only those who manage it may.
   *
   * @throws {ServerError} `unauthenticated`, `not_found`, `permission_denied`, `invalid_argument` for other views.
   */
  async create(caller: Caller, viewId: number, shown: readonly ProjectAddress[]): Promise<ShareLink> {
    const view = await this.#viewService.require(caller, viewId);
    await this.#viewService.requireEdit(caller, view);
    if (view.type !== REPORT_TYPE)
      throw new ServerError("invalid_argument", "Only reports can be shared by a link", { field: "viewId" });
    await this.#access.requireManageProject(caller, await this.#viewService.projectOf(caller, view));
    const link = {
      token: this.#ids.hex(TOKEN_BYTES),
      viewId,
      projectIds: await this.#shownProjects(caller, shown),
      createdAt: this.#clock.now(),
      revokedAt: null,
    };
    await this.#views.addLink(link);
    return link;
  }

  /** Says anew what a link's report shows. Throws as `create`. */
  async update(caller: Caller, token: string, shown: readonly ProjectAddress[]): Promise<void> {
    await this.#requireLink(caller, token);
    await this.#views.updateLink({ token, projectIds: await this.#shownProjects(caller, shown) });
  }

  /** Ends a link. Throws as `create`. */
  async revoke(caller: Caller, token: string): Promise<void> {
    await this.#requireLink(caller, token);
    await this.#views.updateLink({ token, revokedAt: this.#clock.now() });
  }

  /** The links of a view; none for those who may not edit it. */
  async list(caller: Caller, view: View): Promise<readonly ShareLink[]> {
    if (!(await this.#viewService.canEdit(caller, view))) return [];
    return this.#views.listLinks({ viewId: view.viewId });
  }

  /** The projects of a link that the caller may see. */
  async projectsOf(caller: Caller, link: ShareLink): Promise<readonly Project[]> {
    const projects = await Promise.all(link.projectIds.map((id) => this.#projects.findById(caller, id)));
    return projects.filter((project) => project !== undefined);
  }

  /** The report that a token opens for anyone; undefined when it opens none (any more). */
  async open(token: string): Promise<View | undefined> {
    const link = await this.#views.findLink({ token });
    if (link?.revokedAt !== null) return undefined;
    const view = await this.#views.find({ viewId: link.viewId });
    return view?.type === REPORT_TYPE ? view : undefined;
  }

  async #requireLink(caller: Caller, token: string): Promise<void> {
    const link = await this.#views.findLink({ token });
    const view = link && (await this.#viewService.find(caller, link.viewId));
    if (view === undefined) throw new ServerError("not_found", "Share link not found", { field: "token" });
    await this.#viewService.requireEdit(caller, view);
  }

  async #shownProjects(caller: Caller, shown: readonly ProjectAddress[]): Promise<readonly number[]> {
    if (shown.length > MAX_PROJECTS) {
      throw new ServerError("invalid_argument", `A report shows at most ${MAX_PROJECTS} projects`, {
        field: "projects",
      });
    }
    const projects = await Promise.all(shown.map((address) => this.#projects.require(caller, address)));
    return [...new Set(projects.map(({ id }) => id))];
  }
}
