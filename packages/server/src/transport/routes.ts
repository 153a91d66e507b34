/** The routes of every module. Each is a plugin of its own, so that parsers and hooks of one do not reach another. */
import type { FastifyInstance } from "fastify";
import { adminRoutes } from "../modules/admin/routes.ts";
import { artifactRoutes } from "../modules/artifacts/routes.ts";
import { exportRoutes } from "../modules/exports/routes.ts";
import { fileRoutes } from "../modules/files/routes.ts";
import { historyRoutes } from "../modules/history/routes.ts";
import { integrationRoutes } from "../modules/integrations/routes.ts";
import { liveRoutes } from "../modules/live/routes.ts";
import { inviteRoutes } from "../modules/pages/invite-routes.ts";
import { pageRoutes } from "../modules/pages/routes.ts";
import type { RouteParts } from "./context.ts";

/** Adds one module's routes to an instance of its own. */
export type RoutePlugin = (app: FastifyInstance, parts: RouteParts) => void;

const plugins: readonly RoutePlugin[] = [
  historyRoutes,
  fileRoutes,
  artifactRoutes,
  adminRoutes,
  integrationRoutes,
  inviteRoutes,
  pageRoutes,
  exportRoutes,
  liveRoutes,
];

/** Adds the routes of all modules. */
export function registerRoutes(app: FastifyInstance, parts: RouteParts): void {
  for (const plugin of plugins) {
    void app.register((instance, _options, done) => {
      plugin(instance, parts);
      done();
    });
  }
}
