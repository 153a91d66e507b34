/** Reports and saved workspaces as the schema shows them. */
import { decodeGlobalId, encodeGlobalId } from "@steelyard/protocol";
import { ServerError } from "../../errors.ts";
import type { Resolvers, UpsertViewInput } from "../../generated/schema-types.ts";
import { toDescendingPage } from "./page-arguments.ts";
import type { ViewUpsert } from "./view-service.ts";
import { REPORT_TYPE } from "./view.ts";
import type { View, ViewVersion } from "./view.ts";

/** Resolvers of views. */
export const reportResolvers: Pick<
  Resolvers,
  "Query" | "Mutation" | "Project" | "View" | "ViewVersion" | "AccessToken"
> = {
  Query: {
    view: async (_parent, { id }, { caller, services }) =>
      (await services.views.find(caller, parseViewId(id))) ?? null,
  },
  Mutation: {
    upsertView: (_parent, { input }, { caller, services }) => services.views.upsert(caller, toUpsert(input)),
    deleteView: async (_parent, { input }, { caller, services }) => {
      const withDrafts = input.deleteDrafts ?? false;
      const success = await services.views.delete(caller, parseViewId(input.id), { withDrafts });
      return { success, pendingDrafts: !success };
    },
    restoreViewVersion: async (_parent, { input }, { caller, services }) => ({
      view: await services.views.restore(caller, parseViewId(input.id), input.version),
    }),
    createAccessToken: async (_parent, { input }, { caller, services }) => ({
      accessToken: await services.shares.create(caller, parseViewId(input.viewId), input.projects),
    }),
    updateAccessTokenProjects: async (_parent, { input }, { caller, services }) => {
      await services.shares.update(caller, input.token, input.projects);
      return { success: true };
    },
    revokeAccessToken: async (_parent, { input }, { caller, services }) => {
      await services.shares.revoke(caller, input.token);
      return { success: true };
    },
  },
  Project: {
    allViews: (project, args, { caller, services }) =>
      toDescendingPage(
        args,
        (view: View) => view.viewId,
        (page) =>
          services.views.list(caller, project, {
            type: args.viewType ?? REPORT_TYPE,
            name: args.viewName ?? null,
            author: args.userName ?? null,
            ...page,
          }),
      ),
  },
  View: {
    id: (view) => encodeGlobalId("View", view.viewId),
    project: (view, _args, { caller, services }) => services.views.projectOf(caller, view),
    user: async (view, _args, { caller, services }) =>
      (await services.users.authorOf(caller, { userId: view.createdByUserId })) ?? null,
    updatedBy: async (view, _args, { caller, services }) =>
      (await services.users.authorOf(caller, { userId: view.updatedByUserId })) ?? null,
    parent: async ({ parentId }, _args, { caller, services }) =>
      parentId === null ? null : ((await services.views.find(caller, parentId)) ?? null),
    versions: (view, args, { caller, services }) =>
      toDescendingPage(
        args,
        (version: ViewVersion) => version.version,
        (page) => services.views.versions(caller, view, page),
      ),
    accessTokens: async (view, _args, { caller, services }) => [
      ...(await services.shares.list(caller, view)),
    ],
  },
  ViewVersion: {
    user: async (version, _args, { caller, services }) =>
      (await services.users.authorOf(caller, version)) ?? null,
  },
  AccessToken: {
    type: () => "PUBLIC",
    projects: async (link, _args, { caller, services }) => [
      ...(await services.shares.projectsOf(caller, link)),
    ],
  },
};

function parseViewId(id: string): number {
  const { type, numbers } = decodeGlobalId(id);
  const [viewId, ...more] = numbers;
  if (type === "View" && viewId !== undefined && more.length === 0) return viewId;
  throw new ServerError("not_found", `View "${id}" not found`, { field: "id" });
}

/** In this input null and absent mean the same: leave it alone. So does an empty id or name, which scripts send. */
function toUpsert(input: UpsertViewInput): ViewUpsert {
  const id = input.id ?? "";
  return {
    viewId: id === "" ? null : parseViewId(id),
    address: { entityName: input.entityName ?? null, projectName: input.projectName ?? null },
    parentId: typeof input.parentId === "string" ? parseViewId(input.parentId) : null,
    type: input.type ?? undefined,
    name: input.name ? input.name : undefined,
    displayName: input.displayName ?? undefined,
    description: input.description ?? undefined,
    spec: input.spec ?? undefined,
  };
}
